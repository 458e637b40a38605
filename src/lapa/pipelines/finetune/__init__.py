"""The finetune pipeline."""

from lapa.pipelines.finetune.pipeline import create_pipeline

__all__ = ["create_pipeline"]
