"""A frozen quantiser over a shard set."""
