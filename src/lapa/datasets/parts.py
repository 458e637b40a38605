"""Parts of a shard set or a label set, until they are merged: a folder each, where no reader looks."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from kedro.io import AbstractDataset, DatasetError

from lapa.datasets.publish import publish
from lapa.params.array_part import PART, ArrayPart
from lapa.records import RECORD, MadePart, MadeParts, require_same

_SHOWN = 8


class PartsDataset(AbstractDataset[MadePart, MadeParts]):
    """Saves the part that a run makes; loads all of them, if they are all there and nothing else is.

    Args:
        filepath: folder of the parts; deleted once the merged set is published.
        whole: folder of the merged set: where it is there, no part is missing.
        part: of this run, as `--params=part=` gives it: ``3/64`` or ``merge/64``; None where none was given.
        metadata: passed through untouched; Kedro-Viz reads its layer here.

    Example:
        ```yaml
        "{dataset}.shard_parts":
          type: lapa.datasets.parts.PartsDataset
          filepath: data/.work/main/parts/shards/{dataset}
          whole: data/03_primary/main/{dataset}
          part: ${runtime_params:part,null}
        ```
    """

    def __init__(
        self,
        *,
        filepath: str,
        whole: str,
        part: str | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._filepath, self._whole = Path(filepath), Path(whole)
        self._part = None if part is None else ArrayPart.of_text(part)
        self.metadata = metadata

    def save(self, data: MadePart) -> None:
        """Move the part's folder into place and write its record last."""
        target = self._folder(ArrayPart.of_text(data.part))
        publish(data.model_copy(update={"path": str(target)}), Path(data.path), target)

    def load(self) -> MadeParts:
        """Read the records of all parts.

        Raises:
            DatasetError: one is missing, or belongs to another number of parts; it says which.
        """
        if self._part is None:
            raise DatasetError(
                f"{self._filepath} is read by a merge alone (--params={PART}=merge/n)"
            )
        expected = {self._folder(part): part for part in self._part.every()}
        self._require_no_others(set(expected))
        if missing := [part for folder, part in expected.items() if not _is_there(folder)]:
            raise DatasetError(self._missing(missing))
        return MadeParts(parts=tuple(_read(folder, part) for folder, part in expected.items()))

    def confirm(self) -> None:
        """Delete the parts: the merged set is published. Kedro calls it after that."""
        shutil.rmtree(self._filepath, ignore_errors=True)

    def _require_no_others(self, expected: set[Path]) -> None:
        there = {folder.parent for folder in self._filepath.glob(f"*/{RECORD}")}
        if others := sorted(folder.name for folder in there - expected):
            count = others[0].rpartition("-")[2]
            raise DatasetError(
                f"{self._filepath} holds {_listed(others)}, expected parts of {self._of} alone: merge those "
                f"(--params={PART}=merge/{count}), or delete their folders and make all {self._of} parts"
            )

    def _missing(self, missing: list[ArrayPart]) -> str:
        numbers = ",".join(str(part.number) for part in missing)
        return (
            f"{len(missing)} of {self._of} parts are missing in {self._filepath}: {_listed(list(map(str, missing)))}; "
            f"make them with the command of this merge and --params={PART}={missing[0]} (a killed one goes on), or in a "
            f"Slurm array by sbatch --array={numbers} slurm/…sbatch … --parts={self._of}"
        )

    @property
    def _of(self) -> int:
        return self._part.of if self._part else 0

    def _folder(self, part: ArrayPart) -> Path:
        return self._filepath / f"{part.number}-of-{part.of}"

    def _exists(self) -> bool:
        """Whether nothing is left to do for the part of this run."""
        if _is_there(self._whole):
            return True
        if self._part is None or self._part.merges:
            return any(self._filepath.glob(f"*/{RECORD}"))
        return _is_there(self._folder(self._part))

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath), "part": str(self._part)}


def _is_there(folder: Path) -> bool:
    return (folder / RECORD).is_file()


def _read(folder: Path, part: ArrayPart) -> MadePart:
    made = MadePart.read(folder)
    require_same(
        f"part of {folder}",
        made.part,
        str(part),
        remedy="the folder of another part was copied here: delete it and make this part again",
    )
    return made.model_copy(update={"path": str(folder)})


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
