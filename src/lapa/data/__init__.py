"""Samples: raw sources, clip shards, pairs and loaders. No Kedro here."""
