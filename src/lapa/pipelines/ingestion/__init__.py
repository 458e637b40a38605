"""The ingestion pipeline."""

from lapa.pipelines.ingestion.pipeline import create_pipeline

__all__ = ["create_pipeline"]
