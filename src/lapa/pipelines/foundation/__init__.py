"""The foundation pipeline."""

from lapa.pipelines.foundation.pipeline import create_pipeline

__all__ = ["create_pipeline"]
