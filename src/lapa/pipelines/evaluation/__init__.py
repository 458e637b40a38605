"""The evaluation pipeline."""

from lapa.pipelines.evaluation.pipeline import create_pipeline

__all__ = ["create_pipeline"]
