"""What bfloat16 changes: the loss over the first steps, and the codes of a trained quantiser.

    python benchmarks/laq_precision.py losses --shards clips256 --out /tmp/precision --seeds 0 1
    python benchmarks/laq_precision.py codes --checkpoint data/06_models/main/laq \
        --shards data/03_primary/main/tabletop

`losses` trains the model of ``conf/laq_full`` (the paper's size) on one thread, from the same
weights and on the same batches with the same noise in both precisions. The yardstick is what
two seeds differ by: the further seeds run in bfloat16 only, at a third of the cost. A finished
run is skipped. `codes` counts on the held-out pairs how many codes are the same in both
precisions.
"""

from __future__ import annotations

import argparse
import json
import time
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
from einops import reduce
from laq_collapse_recipes import environment_params, merged
from numpy.typing import NDArray
from pytorch_lightning.callbacks import Callback

from lapa.data.loading.loader import evaluation_loader
from lapa.data.loading.pairs import open_pairs
from lapa.models.laq.storage import load_laq
from lapa.models.layers.pixels import to_frames
from lapa.params.laq.stage import LaqParams
from lapa.records import PairSpec, ShardSet
from lapa.training.common.stage_work import StageWork, start_process
from lapa.training.laq.callbacks import build_callbacks
from lapa.training.laq.fit import build_model
from lapa.training.laq.loaders import open_loaders
from lapa.training.laq.module import LaqModule
from lapa.training.laq.resume_point import ResumableLoader
from lapa.training.laq.trainer import build_trainer

PRECISIONS = ("32-true", "bf16-mixed")
WINDOW = 20
"""Optimiser steps over which losses are averaged before they are compared."""


class Losses(Callback):
    """Remembers the loss of every step."""

    def __init__(self) -> None:
        self.values: list[float] = []

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, *_: object
    ) -> None:
        """Append."""
        self.values.append(float(outputs["loss"].detach()))


def full_size_params(*, precision: str, seed: int, max_steps: int, batch: int) -> LaqParams:
    """The paper's size with a warm-up that fits the few steps, and nothing that only costs time."""
    trainer = {
        "max_steps": max_steps,
        "batch_size": batch,
        "precision": precision,
        "devices": 1,
        "accelerator": "cpu",
        "num_threads": 1,
        "num_workers": 0,
        "val_max_samples": batch,
        "validate_every": max_steps,
        "checkpoint_every": max_steps + 1,
        "log_every": max_steps,
        "seed": seed,
    }
    budget = {
        "optimizer": {"warmup_steps": max_steps // 10},
        "trainer": trainer,
        "collapse_gate": {"min_utilization": 0.0},
        "pictures": 0,
    }
    return LaqParams.model_validate(merged(environment_params("laq_full"), budget))


def train(params: LaqParams, shards: ShardSet, spec: PairSpec) -> dict[str, Any]:
    """Train once; return the losses and the processor time."""
    start_process(params.trainer)
    loaders, losses = open_loaders(shards, spec, params), Losses()
    module = LaqModule(model=build_model(params), params=params)
    cpu = time.process_time()
    with TemporaryDirectory(prefix="laq-precision-") as work:
        callbacks = [*build_callbacks(params, loaders, module.model, Path(work)), losses]
        trainer = build_trainer(
            params.trainer,
            work=StageWork(stage="laq", folder=Path(work)),
            callbacks=callbacks,
            clip_norm=params.optimizer.clip_norm,
        )
        trainer.fit(module, ResumableLoader(loaders.train, total=params.trainer.max_steps))
    return {"losses": losses.values, "cpu_s": round(time.process_time() - cpu, 1)}


def compare_losses(args: argparse.Namespace) -> None:
    """Do the missing runs, then set the difference of precisions beside the difference of seeds."""
    shards = ShardSet.read(args.shards).model_copy(update={"path": str(args.shards)})
    spec = PairSpec(horizon_s=args.horizon)
    args.out.mkdir(parents=True, exist_ok=True)
    run = {"shards": shards.digest, "horizon_s": args.horizon}
    run |= {"max_steps": args.max_steps, "batch": args.batch}
    curves: dict[tuple[str, int], NDArray[np.float64]] = {}
    for seed in args.seeds:
        for precision in PRECISIONS if seed == args.seeds[0] else PRECISIONS[1:]:
            file = args.out / f"{precision}-{seed}.json"
            if not file.exists():
                params = full_size_params(
                    precision=precision, seed=seed, max_steps=args.max_steps, batch=args.batch
                )
                result = {"run": run, **train(params, shards, spec)}
                file.write_text(json.dumps(result) + "\n")
            result = json.loads(file.read_text())
            if result["run"] != run:
                raise SystemExit(f"{file} is of {result['run']}, not {run}; give another --out")
            curves[precision, seed] = _windows(result["losses"])
    print(json.dumps(_summary(curves, args.seeds), indent=2))


def _windows(losses: list[float]) -> NDArray[np.float64]:
    whole = len(losses) // WINDOW * WINDOW
    return reduce(np.asarray(losses[:whole]), "(window step) -> window", "mean", step=WINDOW)


def _summary(
    curves: dict[tuple[str, int], NDArray[np.float64]], seeds: list[int]
) -> dict[str, Any]:
    (exact, low), first = PRECISIONS, seeds[0]
    precision = np.abs(curves[low, first] - curves[exact, first])
    seed_pairs = [np.abs(curves[low, a] - curves[low, b]) for a, b in combinations(seeds, 2)]
    return {
        "window": WINDOW,
        "curves": {f"{p} seed {s}": row.round(6).tolist() for (p, s), row in curves.items()},
        "mean_difference_of_precisions": float(precision.mean()),
        "largest_difference_of_precisions": float(precision.max()),
        "mean_difference_of_seeds": float(np.mean(seed_pairs)) if seed_pairs else None,
        "smallest_difference_of_seeds": float(np.min(seed_pairs)) if seed_pairs else None,
    }


@torch.no_grad()
def compare_codes(args: argparse.Namespace) -> None:
    """Share of codes, and of whole sequences, that both precisions agree on."""
    shards = ShardSet.read(args.shards).model_copy(update={"path": str(args.shards)})
    model = load_laq(args.checkpoint)
    pairs = open_pairs(shards, "val", PairSpec(horizon_s=args.horizon))
    same = []
    for batch in evaluation_loader(pairs, batch_size=128):
        frames = to_frames(batch["frames"])
        exact = model.codes(frames)
        with torch.autocast("cpu", torch.bfloat16):
            low = model.codes(frames)
        same.append(exact == low)
    equal = torch.cat(same)
    results = {
        "pairs": len(equal),
        "identical_codes": float(equal.double().mean()),
        "identical_sequences": float(equal.all(dim=1).double().mean()),
    }
    print(json.dumps(results, indent=2))


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    losses = commands.add_parser("losses")
    losses.set_defaults(run=compare_losses)
    losses.add_argument("--out", type=Path, required=True, help="folder for one JSON per run")
    losses.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    losses.add_argument("--max-steps", type=int, default=200)
    losses.add_argument("--batch", type=int, default=2)
    codes = commands.add_parser("codes")
    codes.set_defaults(run=compare_codes)
    codes.add_argument("--checkpoint", type=Path, required=True, help="folder of a quantiser")
    for command, horizon in ((losses, 0.4), (codes, 0.1)):
        command.add_argument("--shards", type=Path, required=True, help="folder of a shard set")
        command.add_argument("--horizon", type=float, default=horizon, help="seconds")
    args = parser.parse_args()
    if getattr(args, "max_steps", WINDOW) < WINDOW:
        parser.error(f"--max-steps is {args.max_steps}, expected at least {WINDOW}")
    args.run(args)


if __name__ == "__main__":
    main()
