"""Does the codebook collapse? Train recipes over seeds at one budget and keep their curves as JSON.

    python benchmarks/laq_collapse.py --shards data/03_primary/main/tabletop --out /tmp/collapse \
        --runs ours:0,1,2 original:0,1,2 original_lr:0 --max-steps 900
    python benchmarks/laq_collapse_report.py /tmp/collapse --figure docs/figures/laq_collapse.png

A finished run is skipped, so the command can be repeated or extended. One run of 900 steps takes about
3 minutes on one core. ``--flow`` probes for optical flow where the recordings hold no actions.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from laq_collapse_measure import Curve, HeldOut, OriginalReplacement
from laq_collapse_recipes import RECIPES, recipe_params
from pytorch_lightning.callbacks import Callback

from lapa.params.laq.stage import LaqParams
from lapa.records import PairSpec, ShardSet
from lapa.training.common.stage_work import StageWork, start_process
from lapa.training.laq.callbacks import build_callbacks
from lapa.training.laq.fit import build_model
from lapa.training.laq.loaders import open_loaders
from lapa.training.laq.module import LaqModule
from lapa.training.laq.resume_point import ResumableLoader
from lapa.training.laq.trainer import build_trainer


def main() -> None:
    """Do the runs that are missing, one after the other."""
    arguments = parse()
    shards = ShardSet.read(arguments.shards).model_copy(update={"path": str(arguments.shards)})
    spec = PairSpec(horizon_s=arguments.horizon)
    held_out = HeldOut(shards=shards, spec=spec, flow=arguments.flow)
    arguments.out.mkdir(parents=True, exist_ok=True)
    for recipe, seed in requested(arguments.runs):
        file = arguments.out / f"{arguments.name}-{recipe}-{seed}.json"
        if file.exists():
            continue
        params = recipe_params(
            recipe,
            seed=seed,
            max_steps=arguments.max_steps,
            precision=arguments.precision,
            features=arguments.features,
        )
        result = {
            "data": arguments.name,
            "shards": shards.digest,
            "horizon_s": spec.horizon_s,
            "recipe": recipe,
            "seed": seed,
            **run(params, shards, spec, held_out),
            "val_pairs": len(held_out.pairs),
            "val_episodes": int(held_out.episodes.max()) + 1,
            "params": params.model_dump(mode="json"),
        }
        partial = file.with_suffix(".partial")
        partial.write_text(json.dumps(result) + "\n")
        partial.rename(file)
        print(recipe, seed, json.dumps(result["curve"][-1]), flush=True)


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shards", type=Path, required=True, help="folder of a shard set")
    parser.add_argument("--out", type=Path, required=True, help="folder for one JSON per run")
    parser.add_argument("--name", default="tabletop", help="of the data, in file names and tables")
    parser.add_argument("--runs", nargs="+", required=True, metavar="RECIPE:SEED,SEED")
    parser.add_argument("--max-steps", type=int, default=900)
    parser.add_argument("--precision", default="bf16-mixed", help="32-true where bf16 is slow")
    parser.add_argument("--horizon", type=float, default=0.1, help="seconds")
    parser.add_argument("--features", default="", help="vision model of the recipe `features`")
    parser.add_argument("--flow", action="store_true", help="probe for flow, not for actions")
    arguments = parser.parse_args()
    wanted = [recipe for recipe, _ in requested(arguments.runs)]
    if "features" in wanted and not arguments.features:
        parser.error("the recipe `features` needs --features FOLDER, a Hugging Face vision model")
    return arguments


def requested(runs: list[str]) -> Iterator[tuple[str, int]]:
    """``ours:0,1`` is two runs.

    Raises:
        ValueError: an unknown recipe.
    """
    for text in runs:
        recipe, _, seeds = text.partition(":")
        if recipe not in RECIPES:
            raise ValueError(f"no recipe {recipe!r}, expected one of {sorted(RECIPES)}")
        for seed in (seeds or "0").split(","):
            yield recipe, int(seed)


def run(params: LaqParams, shards: ShardSet, spec: PairSpec, held_out: HeldOut) -> dict[str, Any]:
    """Train once; return the curve and what it cost."""
    start_process(params.trainer)
    loaders = open_loaders(shards, spec, params)
    module = LaqModule(model=build_model(params), params=params)
    curve = Curve(held_out=held_out, steps=measured_steps(params.trainer.max_steps))
    replacement = OriginalReplacement()
    extra: list[Callback] = [replacement] if params.model.lapa_compat else []
    cpu = time.process_time()
    with TemporaryDirectory(prefix="laq-collapse-") as work:
        callbacks = build_callbacks(params, loaders, module.model, Path(work))
        trainer = build_trainer(
            params.trainer,
            work=StageWork(stage="laq", folder=Path(work)),
            callbacks=[*callbacks, *extra, curve],
            clip_norm=params.optimizer.clip_norm,
        )
        trainer.fit(module, ResumableLoader(loaders.train, total=params.trainer.max_steps))
    return {
        "parameters": sum(parameter.numel() for parameter in module.model.parameters()),
        "cpu_s": round(time.process_time() - cpu, 1),
        "replacements": replacement.events,
        "curve": curve.rows,
    }


def measured_steps(max_steps: int) -> set[int]:
    """The beginning more densely: that is where a codebook dies."""
    return {0, 50, 150, 300, 600, max_steps}


if __name__ == "__main__":
    main()
