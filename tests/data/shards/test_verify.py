"""Any changed byte is found, wherever it is."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lapa.data.shards.index import index_path, read_index
from lapa.data.shards.verify import verify, verify_shard
from lapa.records import ShardSet
from toys.shards import tiny_shard_set


@pytest.fixture
def shard_set(tmp_path: Path) -> ShardSet:
    return tiny_shard_set(tmp_path, n=4, max_samples_per_shard=3, size=16)


def _first(shard_set: ShardSet) -> Path:
    return Path(shard_set.path, shard_set.split("train").shards[0])


def test_an_untouched_set_is_whole(shard_set: ShardSet) -> None:
    assert verify(shard_set) == []


def test_every_bit_flip_is_found_and_named(shard_set: ShardSet) -> None:
    path = _first(shard_set)
    original = path.read_bytes()
    random = np.random.default_rng(0)
    rows = read_index(path).to_pylist()
    for position in random.integers(0, len(original), 300):
        damaged = bytearray(original)
        damaged[position] ^= 1 << int(random.integers(8))
        path.write_bytes(damaged)
        found = list(verify_shard(path, "train/000000.tar", rows))
        assert len(found) == 1
        inside = position < len(original) - 1024
        assert bool(found[0].member) == inside
    assert [damage.shard for damage in verify(shard_set)] == ["train/000000.tar"]


def test_an_index_that_says_other_things_than_its_clips_is_found(shard_set: ShardSet) -> None:
    path = index_path(_first(shard_set))
    table = pq.read_table(path)
    column = table.schema.get_field_index("instruction")
    texts = ["fly", *table["instruction"].to_pylist()[1:]]
    field = table.schema.field(column)
    pq.write_table(table.set_column(column, field, pa.array(texts, field.type)), path)
    (damage,) = verify(shard_set)
    assert damage.member.endswith(".json")
    assert "other instruction than this member" in damage.reason


def test_a_damaged_index_is_named_whatever_the_parquet_reader_raises(shard_set: ShardSet) -> None:
    path = index_path(_first(shard_set))
    original = path.read_bytes()
    footer = range(len(original) - 400, len(original), 7)
    for position in footer:
        damaged = bytearray(original)
        damaged[position] ^= 0xFF
        path.write_bytes(damaged)
        assert all(damage.shard.startswith("train") for damage in verify(shard_set))
    path.write_bytes(original[:-1])
    assert verify(shard_set)


def test_every_truncation_is_found(shard_set: ShardSet) -> None:
    path = _first(shard_set)
    size = path.stat().st_size
    with tarfile.open(path) as tar:
        borders = [member.offset for member in tar.getmembers()]
    random = np.random.default_rng(1).integers(0, size, 20).tolist()
    for length in sorted(
        {*borders, *(b + 100 for b in borders), size - 512, size - 1, *random}, reverse=True
    ):
        os.truncate(path, length)
        assert verify(shard_set), f"{length} of {size} bytes passed"


def test_foreign_members_are_named(shard_set: ShardSet) -> None:
    path = _first(shard_set)
    with tarfile.open(path) as tar:
        first = tar.getmembers()[0]
        size = first.size
    info = tarfile.TarInfo("../../x.pkl")
    info.size = size
    with path.open("r+b") as file:
        file.write(info.tobuf(tarfile.USTAR_FORMAT))
    assert "refused the member '../../x.pkl'" in str(verify(shard_set)[0])


def test_appended_members_are_found(shard_set: ShardSet) -> None:
    with tarfile.open(_first(shard_set), "a") as tar:
        info = tarfile.TarInfo("evil.pkl")
        info.size = 3
        tar.addfile(info, io.BytesIO(b"abc"))
    assert verify(shard_set)


def test_missing_exchanged_and_unlisted_shards_are_found(shard_set: ShardSet) -> None:
    root = Path(shard_set.path)
    first, second = (root / name for name in shard_set.split("train").shards[:2])
    bytes_of_first = first.read_bytes()
    (root / "train" / "000099.tar").write_bytes(bytes_of_first)
    assert [str(d) for d in verify(shard_set) if "not listed" in str(d)]
    (root / "train" / "000099.tar").unlink()
    first.write_bytes(second.read_bytes())
    assert verify(shard_set)[0].shard == "train/000000.tar"
    first.unlink()
    assert [d.reason for d in verify(shard_set)] == ["missing"]
    first.write_bytes(bytes_of_first)
    first.with_suffix(".parquet").write_bytes(b"PAR1 no parquet")
    assert "damaged" in verify(shard_set)[0].reason
    first.with_suffix(".parquet").unlink()
    assert "missing" in verify(shard_set)[0].reason


def test_an_edited_digest_and_shards_exchanged_for_sound_ones_are_found(
    shard_set: ShardSet, tmp_path: Path
) -> None:
    edited = shard_set.model_copy(update={"digest": "1" * 64})
    (damage,) = verify(edited)
    assert (damage.shard, damage.member) == ("record.json", "")
    assert "1" * 64 in damage.reason
    assert shard_set.digest in damage.reason
    other = tiny_shard_set(tmp_path / "b", n=4, max_samples_per_shard=3, size=16, jpeg_quality=60)
    assert other.digest != shard_set.digest
    for name in shard_set.split("train").shards:
        for file in (Path(name), index_path(Path(name))):
            (Path(shard_set.path) / file).write_bytes((Path(other.path) / file).read_bytes())
    (damage,) = verify(shard_set)  # every shard is whole, but not of this set
    assert "exchanged" in damage.reason


def test_counts_of_the_record_are_compared(shard_set: ShardSet) -> None:
    train = shard_set.split("train")
    splits = {**shard_set.splits, "train": train.model_copy(update={"frames": train.frames + 1})}
    (damage,) = verify(shard_set.model_copy(update={"splits": splits}))
    assert f"the record says {train.clips} and {train.frames + 1}" in damage.reason
