"""The laq pipeline."""

from lapa.pipelines.laq.pipeline import create_pipeline

__all__ = ["create_pipeline"]
