"""The codes pipeline."""

from lapa.pipelines.codes.pipeline import create_pipeline

__all__ = ["create_pipeline"]
