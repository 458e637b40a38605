"""Whatever bytes are damaged, a source reads, or reports; no other error ever escapes."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from lapa.data.bad_input import BadInputError, BadInputs
from lapa.data.sources.registry import open_source
from toys.hdf5 import write_robomimic
from toys.lerobot import write_lerobot_v2, write_lerobot_v3


def damage(data: bytes, how: str, rng: random.Random) -> bytes:
    place = rng.randrange(len(data))
    if how == "cut":
        return data[:place]
    if how == "zero":
        return data[:place] + bytes(len(data[place : place + 64])) + data[place + 64 :]
    flipped = bytearray(data)
    for _ in range(5):
        flipped[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(flipped)


def read_all(kind: str, folder: Path) -> BadInputs:
    report = BadInputs()
    for episode in open_source(kind, folder, report=report):
        try:
            episode.frames()
        except BadInputError as error:
            report(error.record)
    return report


@pytest.mark.parametrize(
    ("kind", "write", "pattern"),
    [
        ("hdf5", lambda folder: write_robomimic(folder / "a.hdf5", [3, 3]), "*.hdf5"),
        ("lerobot", lambda folder: write_lerobot_v2(folder, [3]), "meta/*"),
        ("lerobot", lambda folder: write_lerobot_v2(folder, [3]), "data/**/*.parquet"),
        ("lerobot", lambda folder: write_lerobot_v3(folder, [[3, 3]]), "meta/**/*.parquet"),
    ],
)
def test_only_named_errors(
    kind: str, write: Callable[[Path], object], pattern: str, tmp_path: Path
) -> None:
    tmp_path.joinpath("data").mkdir()
    write(tmp_path)
    assert read_all(kind, tmp_path).records == []
    files = sorted(path for path in tmp_path.glob(pattern) if path.is_file())
    rng, reported = random.Random(0), 0
    for _ in range(25):
        path = rng.choice(files)
        whole = path.read_bytes()
        path.write_bytes(damage(whole, rng.choice(["cut", "zero", "flip"]), rng))
        reported += bool(read_all(kind, tmp_path).records)
        path.write_bytes(whole)
    assert reported > 5
