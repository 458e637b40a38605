"""Clip shards: how they are cut, written, indexed, read and verified."""
