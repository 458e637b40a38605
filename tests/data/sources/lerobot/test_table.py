"""Reading one episode touches its row groups only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lapa.data.bad_input import BadInputError
from lapa.data.sources.lerobot.table import EpisodeTable, rows_of_lists
from toys.known_frames import rows
from toys.lerobot import lerobot_table


def write(path: Path, episodes: int, row_group: int) -> None:
    table = pa.concat_tables(
        [lerobot_table(episode, 4, 4 * episode) for episode in range(episodes)]
    )
    pq.write_table(table, path, row_group_size=row_group)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """The row groups that are read, call by call."""
    calls: list[list[int]] = []
    original = pq.ParquetFile.iter_batches

    def recorded(self: pq.ParquetFile, **options: Any) -> Iterator[pa.RecordBatch]:
        if options["batch_size"] > 1:  # single rows are looked at before
            calls.append(options["row_groups"])
        return original(self, **options)

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", recorded)
    return calls


def test_reads_only_the_row_groups_of_the_episode(tmp_path: Path, asked: list[list[int]]) -> None:
    write(tmp_path / "a.parquet", episodes=6, row_group=4)
    table = EpisodeTable(tmp_path / "a.parquet")
    found = rows_of_lists(table.read(3, ["action"])["action"], "action")
    np.testing.assert_allclose(found, rows(3, 4, 3))
    assert asked == [[3]]


def test_episodes_of_one_row_group_read_it_once(tmp_path: Path, asked: list[list[int]]) -> None:
    write(tmp_path / "a.parquet", episodes=5, row_group=100)
    table = EpisodeTable(tmp_path / "a.parquet")
    assert [table.read(episode, ["action"]).num_rows for episode in range(5)] == [4] * 5
    assert asked == [[0]]


def test_missing_rows_and_columns_are_named(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", episodes=2, row_group=4)
    table = EpisodeTable(tmp_path / "a.parquet")
    with pytest.raises(BadInputError, match="no row with episode_index 7"):
        table.read(7, ["action"])
    with pytest.raises(BadInputError, match=r"\['reward'\] are missing"):
        table.read(0, ["reward"])


def test_ragged_and_empty_cells_are_refused() -> None:
    with pytest.raises(BadInputError, match="lists of 1 to 2 numbers"):
        rows_of_lists(pa.chunked_array([[[1.0], [1.0, 2.0]]]), "action")
    with pytest.raises(BadInputError, match="1 empty rows"):
        rows_of_lists(pa.chunked_array([[[1.0], None]]), "action")
