"""Shard sets: clip shards with their indices, report and contact sheet."""

from __future__ import annotations

from lapa.datasets.previews import ImagePreview, png_preview
from lapa.datasets.record_folder import RecordFolderDataset
from lapa.records import ShardSet

CONTACT_SHEET = "contact_sheet.png"


class ShardSetDataset(RecordFolderDataset[ShardSet]):
    """A complete set of clip shards.

    Example:
        ```yaml
        tabletop.clip_shards:
          type: lapa.datasets.shard_set.ShardSetDataset
          filepath: data/03_primary/main/tabletop
        ```
    """

    record_class = ShardSet

    def preview(self) -> ImagePreview:  # type: ignore[override]  # Kedro-Viz reads its name
        """The contact sheet: some episodes, some frames each."""
        return png_preview(self._filepath / CONTACT_SHEET)
