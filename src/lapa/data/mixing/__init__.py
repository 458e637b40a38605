"""Several shard sets as one: who is in it, how often each is drawn, and what that makes."""
