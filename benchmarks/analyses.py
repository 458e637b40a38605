"""Time and peak memory of every analysis of codes on 10 000 held-out pairs: with flow to see, with flow kept, without.

    PYTHONPATH=tests python benchmarks/analyses.py [--pairs 10000] [--size 64] [--threads 2] [--data FOLDER]

Made-up squares with actions and states, an untrained quantiser of the demo's size and another as its control. Each
row is a process of its own; on a busy machine believe the column of processor time. ``--data`` keeps the shards.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch

from lapa.data.shards.summary import find_shard_set
from lapa.evaluation.codes.evaluate import evaluate_laq
from lapa.evaluation.finding import Finding
from lapa.evaluation.section import Evidence, Section
from lapa.params.evaluation import EvaluationParams
from toys.episodes import moving_square_episodes
from toys.shards import tiny_shard_set
from toys.world import untrained_laq

ROWS = ("without flow", "flow seen", "flow kept")
EPISODE = 101
SLOWEST = 6
"""Analyses whose processor time is named."""
DEMO = {
    "dim": 192,
    "heads": 3,
    "head_dim": 64,
    "spatial_depth": 1,
    "temporal_depth": 1,
    "decoder_depth": 2,
}
DEMO |= {"code_seq_len": 4, "codebook_size": 8, "quant_dim": 4}
"""As `conf/base/parameters/laq.yml` has it."""


def by_analysis() -> dict[str, float]:
    """Processor seconds of every analysis that runs from now on, by its name."""
    spent: dict[str, float] = {}
    run = Section.run

    def timed(section: Section[Any], evidence: Evidence) -> Finding | None:
        begin = time.process_time()
        finding = run(section, evidence)
        spent[section.name] = time.process_time() - begin
        return finding

    Section.run = timed  # type: ignore[method-assign, assignment]
    return spent


def measure(folder: Path, name: str, options: argparse.Namespace) -> None:
    """One evaluation; prints what it took as JSON."""
    torch.set_num_threads(options.threads)
    shards = find_shard_set(folder / "shards")
    quantizers = [untrained_laq(folder / f"laq{step}", shards, step, **DEMO) for step in (10, 0)]
    params = EvaluationParams.model_validate(
        {
            "rollout": None,
            "on_error": "raise",
            "probe": {"max_samples": options.pairs},
            "flow": {"cache": str(folder / "flow")} if name != ROWS[0] else {"estimator": "none"},
        }
    )
    analyses = by_analysis()
    wall, processor = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory() as out:
        laq, control = quantizers
        report = evaluate_laq(
            shards=shards, laq=laq, random_laq=control, params=params, out=Path(out)
        )
    spent = {"wall": time.perf_counter() - wall, "processor": time.process_time() - processor}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(spent | {"peak": peak, "plots": len(report.plots), "analyses": analyses}))


def main() -> None:
    """Measure one row in this process, or all of them in processes of their own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=10_000)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--row", choices=ROWS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.row:
        measure(options.data, options.row, options)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.data or Path(temporary)
        make_shards(folder, options)
        print("| | wall s | processor s | peak MiB | plots |\n|---|---|---|---|---|")
        for name in ROWS:
            again = [*sys.argv, "--data", str(folder), "--row", name]
            done = subprocess.run([sys.executable, *again], check=True, stdout=subprocess.PIPE)
            spent = json.loads(done.stdout.splitlines()[-1])
            times = f"{spent['wall']:.0f} | {spent['processor']:.0f} | {spent['peak']:.0f}"
            print(f"| {name} | {times} | {spent['plots']} |", flush=True)
            slowest = sorted(spent["analyses"].items(), key=lambda one: -one[1])[:SLOWEST]
            parts = "; ".join(f"{analysis} {seconds:.0f} s" for analysis, seconds in slowest)
            print(f"slowest: {parts}", file=sys.stderr, flush=True)


def make_shards(folder: Path, options: argparse.Namespace) -> None:
    """Enough held-out episodes for all pairs."""
    if (folder / "shards" / "record.json").is_file():
        return
    held_out = -(-options.pairs // (EPISODE - 1))
    episodes = moving_square_episodes(held_out + 2, EPISODE, options.size)
    split = {"val_fraction": held_out / (held_out + 2)}
    tiny_shard_set(
        folder,
        episodes=episodes,
        size=options.size,
        split=split,
        clip_frames=64,
        max_samples_per_shard=64,
    )


if __name__ == "__main__":
    main()
