"""What a dataset of one's own holds, and the environment that is proposed for it."""
