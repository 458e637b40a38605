"""A folder with a record: how every heavy artefact is stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from kedro.io import AbstractDataset, DatasetError
from kedro_datasets._typing import JSONPreview

from lapa.datasets.publish import RECORD, publish
from lapa.records import Record

R = TypeVar("R", bound=Record)


class RecordFolderDataset(AbstractDataset[R, R], Generic[R]):
    """Loads the record of a folder; saving publishes the folder the record points at.

    Subclasses name the record class. Nodes exchange records (paths, digests, facts), so
    loading costs one small file whatever the artefact weighs.

    Args:
        filepath: folder of the artefact.
        metadata: passed through untouched; Kedro-Viz reads its layer here.
    """

    record_class: ClassVar[type[Record]]

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self.metadata = metadata

    def load(self) -> R:
        """Read the record; its path is where the folder lies now."""
        if not self._exists():
            raise DatasetError(
                f"{self.record_class.__name__} at {self._filepath}: found no {RECORD}, so it was never "
                f"made or never finished; expected a complete folder: run the pipeline that writes it"
            )
        record = self.record_class.read(self._filepath)
        return record.model_copy(update={"path": str(self._filepath)})  # type: ignore[return-value]

    def save(self, data: R) -> None:
        """Move the record's folder into place and write the record last."""
        source = Path(data.path)  # type: ignore[attr-defined]
        publish(data.model_copy(update={"path": str(self._filepath)}), source, self._filepath)

    def preview(self) -> JSONPreview:
        """The record itself, for Kedro-Viz."""
        return JSONPreview(self.load().model_dump_json(indent=2))

    def _exists(self) -> bool:
        return (self._filepath / RECORD).is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
