"""Frozen models over shards and images."""
