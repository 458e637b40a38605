"""Checkpoints: a folder of safetensors, configuration and ancestry."""

from __future__ import annotations

from lapa.datasets.record_folder import RecordFolderDataset
from lapa.records import Checkpoint


class CheckpointDataset(RecordFolderDataset[Checkpoint]):
    """A model on disk.

    Example:
        ```yaml
        laq_checkpoint:
          type: lapa.datasets.checkpoint.CheckpointDataset
          filepath: data/06_models/main/laq
        ```
    """

    record_class = Checkpoint
