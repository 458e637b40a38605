"""What the processes of one node would save if they shared one copy of the pairs: peak and memory held of each.

    python benchmarks/pairs_of_ranks.py [--clips 100000]

Made-up indices. `own`: a process opens the pairs as a training does. `shared`: it opens the clips and maps the
two arrays of the pairs (slot and clip of each) from files that another process has written. Each is a process of
its own; memory is its own private memory, bytes a pair, after what it held before.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from suite.made_index import make_index

from lapa.data.loading.pairs import PairDataset, open_pairs
from lapa.data.shards.clip_table import ClipTable, load_clip_table
from lapa.records import PairSpec, ShardSet

SPEC = PairSpec(horizon_s=1.0)
ARRAYS = ("slots", "clips")


def private_bytes() -> int:
    """Memory that this process alone holds."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    private = (line.split()[1] for line in lines if line.startswith("Private_"))
    return 1024 * sum(map(int, private))


def peak_bytes() -> int:
    """Most that was in memory so far; a new program starts again, which the account of `resource` does not."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def own(shards: ShardSet, folder: Path) -> PairDataset:
    """As every process does it."""
    return open_pairs(shards, "train", SPEC)


def shared(shards: ShardSet, folder: Path) -> tuple[ClipTable, list[Any]]:
    """The clips of its own, the pairs of a file."""
    table = load_clip_table(shards, "train")
    return table, [np.load(folder / f"{name}.npy", mmap_mode="r") for name in ARRAYS]


WAYS = {"own": own, "shared": shared}


def measure(way: str, shards: ShardSet, folder: Path) -> None:
    """Open, and print peak and held memory in bytes."""
    with tempfile.TemporaryDirectory() as small:
        made = make_index(Path(small), 300)
        held_small = open_pairs(made, "train", SPEC)  # what is imported on the way
    before, peak_before = private_bytes(), peak_bytes()
    held = WAYS[way](shards, folder)
    print(peak_bytes() - peak_before, private_bytes() - before)
    del held, held_small


def main() -> None:
    """Print a table of both ways."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, default=100_000)
    parser.add_argument("--one", nargs=2, metavar=("WAY", "FOLDER"), help="measure in this process")
    options = parser.parse_args()
    if options.one:
        folder = Path(options.one[1])
        measure(options.one[0], ShardSet.read(folder / "shards"), folder)
        return
    with tempfile.TemporaryDirectory(prefix="lapa-ranks-") as name:
        folder = Path(name)
        shards = make_index(folder / "shards", options.clips)
        shards.write(folder / "shards")
        pairs = open_pairs(shards, "train", SPEC)
        for array, values in zip(ARRAYS, (pairs.slots, pairs._clips), strict=True):
            np.save(folder / f"{array}.npy", values)
        print(f"{options.clips:,} clips, {len(pairs):,} pairs; bytes a pair")
        for way in WAYS:
            command = [sys.executable, __file__, "--one", way, name]
            printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            peak, held = (int(number) / len(pairs) for number in printed.split()[-2:])
            print(f"{way}: peak {peak:.1f}, held {held:.1f}")


if __name__ == "__main__":
    main()
