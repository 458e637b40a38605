"""Benchmarks that stand beside their limit, measured in turns in one process (docs/benchmarks.md)."""
