"""A folder with a record: how every heavy artefact is stored.

Ours, because no dataset of kedro-datasets publishes a whole folder in one step and refuses to replace
one that is not its own; single files (tables, JSON, pictures) use those of kedro-datasets.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from kedro.io import AbstractDataset, DatasetError

from lapa.datasets.previews import JSONPreview
from lapa.datasets.publish import publish
from lapa.records import RECORD, Record

R = TypeVar("R", bound=Record)


class RecordFolderDataset(AbstractDataset[R, R], Generic[R]):
    """Loads the record of a folder; saving publishes the folder the record points at.

    Subclasses name the record class and say what loading checks. Nodes exchange records (paths,
    digests, facts), so loading costs little whatever the artefact weighs; weights, labels and
    shards are checked where their bytes are read.

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
        record: R = self.record_class.read(self._filepath)  # type: ignore[assignment]
        record = record.model_copy(update={"path": str(self._filepath)})
        self.check(record)
        return record

    def check(self, record: R) -> None:
        """Refuse an artefact that is not what its record says; nothing to check by default.

        Raises:
            ValueError: names the folder, what was found, what was expected and what to do.
        """

    def complete(self, record: R) -> R:
        """The record with what is known only once the folder is complete; as it is by default."""
        return record

    @property
    def folder(self) -> Path:
        """Where the artefact lies."""
        return self._filepath

    def save(self, data: R) -> None:
        """Move the record's folder into place and write the record last."""
        source = Path(data.path)  # type: ignore[attr-defined]
        record = self.complete(data).model_copy(update={"path": str(self._filepath)})
        publish(record, source, self._filepath)

    def preview(self) -> JSONPreview:
        """The record itself, for Kedro-Viz."""
        return JSONPreview(self.load().model_dump_json(indent=2))

    def _exists(self) -> bool:
        return (self._filepath / RECORD).is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
