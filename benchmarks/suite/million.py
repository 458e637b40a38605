"""A million clips (59 million pairs): their index opened, an epoch of them begun, near-duplicates among them sought."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from lapa.data.ingestion.near_hashes import first_alike
from lapa.data.loading.order import SampleStream
from lapa.data.loading.pairs import PairDataset, open_pairs
from lapa.data.shards.clip_table import load_clip_table
from suite.alike import DISTANCE, made_hashes
from suite.made_index import make_index
from suite.opened import SPEC
from suite.peak import peak_of
from suite.rows import Row, figure


def measure(toy: bool, rounds: int) -> list[Row]:
    """CPU-seconds and peak memory, one round each; the files are in the page cache."""
    clips = 1_000 if toy else 1_000_000
    held: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="lapa-million-") as folder:
        shards = make_index(Path(folder), clips)
        held_out, train = made_hashes(clips)

        def opened() -> None:
            held["pairs"] = open_pairs(shards, "train", SPEC)

        def begun() -> None:
            pairs: PairDataset = held["pairs"]
            SampleStream(pairs, seed=0).take(0, 64)

        calls = {
            "the table of clips": lambda: load_clip_table(shards, "train"),
            "opened as pairs": opened,
            "an epoch begun": begun,
            "near-duplicates of a tenth": lambda: first_alike(held_out, train, DISTANCE),
        }
        measured = {name: peak_of(call) for name, call in calls.items()}
    rows = []
    for name, (spent, mib) in measured.items():
        case = f"{clips:,} clips: {name}"
        rows += [figure(case, "CPU-s", spent.processor), figure(case, "s", spent.wall)]
        rows.append(figure(case, "MiB", mib))
    return rows
