"""The labeling pipeline."""

from lapa.pipelines.labeling.pipeline import create_pipeline

__all__ = ["create_pipeline"]
