"""Recordings and shard sets by URL: downloaded once into a cache of bounded size, whole or not at all."""
