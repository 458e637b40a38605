"""No number of an index makes a reader ask for memory: it must fit the tar beside it."""

from __future__ import annotations

import io
import os
import resource
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from lapa.cli.inspect import inspect
from lapa.data.shards.clip_table import load_clip_table
from lapa.data.shards.index import index_path
from lapa.data.shards.reader import read_rows
from lapa.data.shards.verify import verify
from lapa.records import ShardSet
from toys.shards import tiny_shard_set


@pytest.fixture
def shard_set(tmp_path: Path) -> ShardSet:
    return tiny_shard_set(tmp_path, n=4, max_samples_per_shard=6, size=16)


def _edit(shard_set: ShardSet, column: str, change: Any) -> None:
    """Change one value of the second clip of the first training shard."""
    path = index_path(Path(shard_set.path, shard_set.split("train").shards[0]))
    table = pq.read_table(path)
    values = table[column].to_pylist()
    values[1] = change(values[1])
    number = table.schema.get_field_index(column)
    field = table.schema.field(number)
    pq.write_table(table.set_column(number, field, pa.array(values, field.type)), path)


NUMBERS = [f"{m}_{w}" for m in ("json", "frames", "actions", "states") for w in ("offset", "size")]


@pytest.mark.parametrize("column", NUMBERS)
@pytest.mark.parametrize("value", [2**40, 2**63 - 1, -1, -(2**63), 7])
def test_a_place_outside_the_tar_is_refused(shard_set: ShardSet, column: str, value: int) -> None:
    _edit(shard_set, column, lambda _: value)
    assert verify(shard_set)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if value != 7:  # a small one may lie inside; then only --verify tells
        with pytest.raises(ValueError, match=r"train/000000\.(tar|parquet).*(index|bytes)"):
            load_clip_table(shard_set, "train")
    result = CliRunner().invoke(inspect, [shard_set.path])
    assert result.exit_code == (1 if value != 7 else result.exit_code)
    assert isinstance(result.exception, SystemExit | None)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("jpeg_offsets", lambda v: [0, 2**31 - 1, *v[2:]]),
        ("jpeg_offsets", lambda v: [*v[:-1], 2**31 - 1]),
        ("jpeg_offsets", lambda v: [0, -5, *v[2:]]),
        ("jpeg_offsets", lambda v: v[:-1]),
        ("jpeg_offsets", lambda _: []),
        ("num_frames", lambda _: 2**31 - 1),
        ("owned_frames", lambda _: 2**31 - 1),
        ("owned_frames", lambda _: 0),
        ("start_frame", lambda _: -1),
        ("start_frame", lambda _: 2**31 - 1),
        ("episode_frames", lambda _: 0),
    ],
)
def test_frames_that_cannot_be_are_refused(shard_set: ShardSet, column: str, change: Any) -> None:
    _edit(shard_set, column, change)
    with pytest.raises(ValueError, match="the index was changed or is of another tar"):
        load_clip_table(shard_set, "train")
    assert verify(shard_set)


@pytest.mark.parametrize("cut", [1, 512, 3000])
def test_a_truncated_tar_is_found_when_it_is_opened(shard_set: ShardSet, cut: int) -> None:
    path = Path(shard_set.path, shard_set.split("train").shards[0])
    os.truncate(path, path.stat().st_size - cut)
    with pytest.raises(ValueError, match=r"000000\.tar"):
        load_clip_table(shard_set, "train")


def test_an_array_is_never_larger_than_its_bytes() -> None:
    rows = np.arange(6, dtype=np.float32).reshape(3, 2)
    file = io.BytesIO()
    np.save(file, rows)
    np.testing.assert_array_equal(read_rows(file.getvalue(), (3, 2)), rows)
    for wrong in (
        b"",
        b"\x93NUMPY",
        file.getvalue()[:-4],
        file.getvalue().replace(b"(3, 2)", b"(9**9,)"),
    ):
        with pytest.raises(ValueError):  # noqa: PT011 (numpy words it)
            read_rows(wrong, (3, 2))
    huge = file.getvalue().replace(b"(3, 2), }            ", b"(1099511627776, 2), } ")
    assert huge != file.getvalue()
    with pytest.raises(ValueError, match=r"found float32 \(1099511627776, 2\), expected"):
        read_rows(huge, (3, 2))
    pickled = io.BytesIO()
    np.save(pickled, np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="expected float32"):
        read_rows(pickled.getvalue(), (3, 2))
