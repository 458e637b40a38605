"""Mixtures: a record and a table; the clips stay in the shard sets that are mixed."""

from __future__ import annotations

import json
from pathlib import Path

from kedro.io import DatasetError

from lapa.data.mixing.table import COLUMNS, rows_of
from lapa.datasets.previews import JSONPreview
from lapa.datasets.record_folder import RecordFolderDataset
from lapa.records import RECORD, ShardSet, require_same


class MixtureDataset(RecordFolderDataset[ShardSet]):
    """A mixture of shard sets.

    Example:
        ```yaml
        mixture:
          type: lapa.datasets.mixture.MixtureDataset
          filepath: data/03_primary/main/mixture
        ```
    """

    record_class = ShardSet

    def complete(self, record: ShardSet) -> ShardSet:
        """Members are found from the folder that the mixture is published in."""
        return record.moved(self._filepath)

    def check(self, record: ShardSet) -> None:
        """Refuse a mixture of which a shard set is gone or was made anew.

        Raises:
            DatasetError: a member's folder holds no shard set.
            ValueError: a member has another digest.
        """
        for member in record.members:
            folder = Path(record.path, member.path)
            if not (folder / RECORD).is_file():
                raise DatasetError(
                    f"mixture {record.path}: its dataset {member.dataset!r} is not at {folder.resolve()}; "
                    f"ingest it again (kedro run --nodes={member.dataset}.write_shards)"
                )
            require_same(
                f"shards of {member.dataset!r} in mixture {record.path}",
                ShardSet.read(folder).digest,
                member.digest,
                remedy="they were ingested anew: mix again (kedro run --nodes=mix_shards)",
            )

    def preview(self) -> JSONPreview:
        """The resolved table, for Kedro-Viz."""
        rows = [dict(zip(COLUMNS, row, strict=True)) for row in rows_of(self.load())]
        return JSONPreview(json.dumps(rows, indent=2))
