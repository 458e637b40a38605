"""Checkpoints: a folder of safetensors, configuration and ancestry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lapa.datasets.record_folder import RecordFolderDataset
from lapa.records import MADE_WITH, RECORD, Checkpoint, digest_of_file, require_same

WEIGHTS = "model.safetensors"
"""Their digest is the checkpoint's own."""


class CheckpointDataset(RecordFolderDataset[Checkpoint]):
    """A model on disk; loading checks its kind, reading its weights their digest.

    Args:
        filepath: folder of the checkpoint.
        kind: what it must be: `laq`, `foundation` or `policy`; None takes any.
        metadata: passed through untouched; Kedro-Viz reads its layer here.

    Example:
        ```yaml
        laq_checkpoint:
          type: lapa.datasets.checkpoint.CheckpointDataset
          filepath: data/06_models/main/laq
          kind: laq
        ```
    """

    record_class = Checkpoint

    def __init__(
        self, *, filepath: str, kind: str | None = None, metadata: dict[str, Any] | None = None
    ) -> None:
        super().__init__(filepath=filepath, metadata=metadata)
        self._kind = kind

    def complete(self, record: Checkpoint) -> Checkpoint:
        """Add the digests of the files beside the weights."""
        beside = sorted(p for p in Path(record.path).iterdir() if p.is_file())
        left_out = {WEIGHTS, RECORD, MADE_WITH}
        kept = [p for p in beside if p.name not in left_out and not p.name.startswith(".")]
        return record.model_copy(update={"files": {p.name: digest_of_file(p) for p in kept}})

    def check(self, record: Checkpoint) -> None:
        """Refuse a checkpoint of another kind.

        Raises:
            ValueError: it is one.
        """
        if self._kind is not None:
            require_same(
                f"kind of the checkpoint in {record.path}",
                record.kind,
                self._kind,
                remedy="another model lies there: delete the folder and make it again",
            )
