"""Pairs per second of labelling against the quantiser's codes alone, with the loader's share.

    python benchmarks/labeling.py [--run main] [--data data] [--rounds 5] [--threads 1]

Labels the validation split of a finished run (`kedro run --pipelines=ingestion,laq`): read, decode,
quantise, write. The limit is the same quantiser on the same batches, already in memory. Both take
turns, and medians count. On a busy machine believe the column of processor time.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch

from lapa.data.loading.loader import evaluation_loader
from lapa.data.loading.pairs import open_pairs
from lapa.labeling.worker import Speed, label_tasks, plan_tasks
from lapa.models.laq.frozen import FrozenQuantizer
from lapa.params.labeling import LabelingParams
from lapa.records import Checkpoint, ShardSet


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and processor seconds."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processor


def main() -> None:
    """Measure in turns, print rates and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", default="main")
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    clips = options.data / "03_primary" / options.run / "tabletop"
    folder = options.data / "06_models" / options.run / "laq"
    # the paths in the records are those of the machine that wrote them
    shards = ShardSet.read(clips).model_copy(update={"path": str(clips)})
    spec = Checkpoint.read(folder).pair_spec
    params = LabelingParams(batch_size=128, num_threads=options.threads)
    quantizer = FrozenQuantizer(folder=folder, device=torch.device("cpu"))
    pairs = open_pairs(shards, "val", spec)
    in_memory = [b["frames"] for b in evaluation_loader(pairs, batch_size=params.batch_size)]
    tasks = [task for task in plan_tasks(shards) if task.split == "val"]
    speeds: list[Speed] = []

    def label() -> None:
        with tempfile.TemporaryDirectory() as out:
            common = {"shard_set": shards, "spec": spec, "coder": quantizer, "params": params}
            speeds.append(label_tasks(tasks, **common, folder=Path(out), show_progress=False))  # type: ignore[arg-type]

    def codes_only() -> None:
        for frames in in_memory:
            quantizer.codes(frames)

    codes_only()
    times = [(timed(codes_only), timed(label)) for _ in range(options.rounds)]
    wait = statistics.median(speed.waited / speed.seconds for speed in speeds)
    print(f"{len(pairs)} pairs of {shards.image_size} px, {options.threads} thread(s), medians")
    for index, name in enumerate(("wall time", "processor time")):
        limit, labeled = (
            statistics.median(round_[way][index] for round_ in times) for way in (0, 1)
        )
        ratio = statistics.median(round_[0][index] / round_[1][index] for round_ in times)
        print(
            f"{name:<15} codes alone {len(pairs) / limit:7.0f} pairs/s   labelling "
            f"{len(pairs) / labeled:7.0f} pairs/s   ratio {ratio:.3f}"
        )
    print(f"waiting for the loader: {wait:.1%} of labelling's wall time")


if __name__ == "__main__":
    main()
