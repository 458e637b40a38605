"""Raw sources, one small adapter each; `open_source` yields the episodes of any of them."""

from lapa.data.sources.registry import open_source, source_kinds

__all__ = ["open_source", "source_kinds"]
