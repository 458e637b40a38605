"""The folder that remote files come into: a place that the catalog names, filled by whoever reads from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset, DatasetError


class CacheFolderDataset(AbstractDataset[Path, Path]):
    """A cache; everything in it can be had again, so it belongs to no run.

    Args:
        filepath: the folder; made where it is not there.
        metadata: passed through untouched; Kedro-Viz reads its layer here.

    Example:
        ```yaml
        remote_cache:
          type: lapa.datasets.cache_folder.CacheFolderDataset
          filepath: data/.cache/remote
        ```
    """

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self.metadata = metadata

    def load(self) -> Path:
        """Say where it is."""
        self._filepath.mkdir(parents=True, exist_ok=True)
        return self._filepath

    def save(self, data: Path) -> NoReturn:
        """Refuse: no node makes a cache.

        Raises:
            DatasetError: always.
        """
        raise DatasetError(f"{self._filepath} is a cache, which no node saves; expected an input")

    def _exists(self) -> bool:
        return True

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
