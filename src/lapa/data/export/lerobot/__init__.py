"""Shards as a LeRobot v3.0 dataset."""
