"""From shards to batches: pairs, codes, actions, and the order they come in."""
