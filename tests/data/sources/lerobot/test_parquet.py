"""Rows come in batches that are small where values may be large, and are those of the file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lapa.data.bad_input import BadInputError
from lapa.data.sources.lerobot.parquet import open_parquet, read_batches, read_table
from lapa.data.sources.lerobot.table import rows_of_lists


@pytest.fixture
def file(tmp_path: Path) -> pq.ParquetFile:
    """70,000 rows: more than one batch, and more than one row group."""
    count = np.arange(70_000)
    table = pa.table(
        {
            "number": count,
            "list": pa.FixedSizeListArray.from_arrays(np.repeat(count, 2).astype(np.float32), 2),
            "coded": pa.array(count % 3).dictionary_encode(),
            "observation.state": pa.FixedSizeListArray.from_arrays(np.repeat(count, 2), 2),
            "text": [str(value % 7) for value in count.tolist()],
        }
    )
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=50_000)
    return open_parquet(tmp_path / "a.parquet")


def test_a_table_in_batches_is_the_table(file: pq.ParquetFile) -> None:
    assert read_table(file) == file.read()
    assert len(list(read_batches(file))) > 1
    assert read_table(file, groups=[1], columns=["text"]) == file.read_row_group(1, ["text"])
    assert read_table(file, groups=[], columns=["text"]).num_rows == 0


def test_numbers_of_several_batches_are_joined(file: pq.ParquetFile) -> None:
    table = read_table(file)
    assert rows_of_lists(table["list"], "list").shape == (70_000, 2)
    assert rows_of_lists(table["coded"], "coded").tolist() == [i % 3 for i in range(70_000)]


def test_too_much_by_the_footer_or_by_counting(file: pq.ParquetFile) -> None:
    with pytest.raises(BadInputError, match="the footer promises 70000 rows, 560000 bytes"):
        read_table(file, columns=["number"], max_bytes=500_000)
    with pytest.raises(BadInputError, match="70000 rows, 1120000 bytes"):
        read_table(file, columns=["observation.state"], max_bytes=500_000)
    with pytest.raises(BadInputError, match="rows take over 200000 bytes"):
        read_table(file, columns=["text"], max_bytes=200_000)


def test_large_values_come_a_few_at_a_time(file: pq.ParquetFile) -> None:
    column = file.metadata.row_group(0).column(4)
    assert column.path_in_schema == "text"
    batches = list(
        read_batches(file, columns=["text"], max_bytes=40 * column.total_uncompressed_size)
    )
    assert max(batch.num_rows for batch in batches) == 10
