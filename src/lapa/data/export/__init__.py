"""Clip shards into other people's formats."""
