"""Pairs out of shards that are read from front to back, through webdataset's own pipeline."""
