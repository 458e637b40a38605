"""Every attack of `toys.hostile`, read in a process of its own: what happens, and what it takes at its peak.

    PYTHONPATH=tests python benchmarks/hostile_input.py

Prints the table of docs/hostile-input.md. A process starts as a copy of one that has loaded all libraries, so
the figures are what reading takes on top. Linux only.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from toys.hostile import ATTACKS, Attack, Outcome, read_attack
from toys.hostile.memory import peak_megabytes

LARGEST_ADDRESS_SPACE = 16 << 30
"""Bytes: an attack that succeeds ends its process, not the machine."""


def row_of(number: int) -> str:
    """Build an attack, read it and describe the outcome as one row of a Markdown table."""
    attack = ATTACKS[number]
    resource.setrlimit(resource.RLIMIT_AS, (LARGEST_ADDRESS_SPACE, LARGEST_ADDRESS_SPACE))
    with tempfile.TemporaryDirectory() as parent:
        source = Path(parent) / "source"
        source.mkdir()
        attack.build(source)
        start = time.perf_counter()
        outcome, megabytes = peak_megabytes(lambda: read_attack(attack, source))
        seconds = time.perf_counter() - start
        stored = sum(path.lstat().st_blocks * 512 for path in source.rglob("*"))
        words = told(attack, outcome).replace(f"{source}{os.sep}", "").replace(parent, "…")
    cell = shortened(words).replace("|", "\\|")
    return (
        f"| {attack.name} | {stored // 1000} kB | {cell} | {megabytes:.0f} MB | {seconds:.1f} s |"
    )


def told(attack: Attack, outcome: Outcome) -> str:
    """Return the reason and the sentence a user reads."""
    if outcome.refused:
        return f"refused as a setting: {outcome.refused}"
    record = next(record for record in outcome.records if record.reason == attack.reason)
    return f"`{record.reason}`: {record.detail}"


def shortened(text: str) -> str:
    """The first hundred and twenty characters of the first line."""
    line = text.partition("\n")[0]
    return line if len(line) <= 120 else f"{line[:120].rstrip()} …"


def main() -> None:
    """Print the table."""
    context = multiprocessing.get_context("fork")
    print("| input | on disk | what happens | peak memory | time |\n|---|---|---|---|---|")
    for number in range(len(ATTACKS)):
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            print(pool.submit(row_of, number).result(), flush=True)


if __name__ == "__main__":
    main()
