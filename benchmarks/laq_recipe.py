"""Train one quantiser recipe on tabletop recordings and print whether its codes matter.

    python benchmarks/laq_recipe.py --data /tmp/tabletop --set trainer.max_steps=600 model.dim=96

Recording and shards are made once in ``--data`` and reused. Every ``--set`` overrides one field of
``conf/base``'s section ``laq``; values are read as YAML. The last line is one JSON object.

Probe: linear regression from one-hot codes (positions x K) to the executed action over the horizon,
on validation episodes, five folds that keep an episode together.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import torch
import yaml
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.model_selection import GroupKFold, cross_val_predict

from lapa.config import CONFIG_LOADER_ARGS, ConfigLoader
from lapa.data.ingest import ingest
from lapa.data.loading.loader import evaluation_loader
from lapa.data.loading.pairs import open_pairs
from lapa.envs.record import record_episodes
from lapa.models.laq import LatentActionQuantizer
from lapa.models.layers.pixels import to_frames
from lapa.params.envs import RecordParams
from lapa.params.ingestion import IngestionParams, SourceParams
from lapa.params.laq.stage import LaqParams
from lapa.records import PairSpec, ShardSet
from lapa.training.laq.fit import train
from lapa.training.laq.loaders import open_loaders

CONF = Path(__file__).parents[1] / "conf"


def main() -> None:
    """Record if needed, train, probe, print."""
    arguments = parse()
    shards = tabletop_shards(arguments.data, arguments.episodes)
    params = LaqParams.model_validate(overridden(demo_recipe(), arguments.set))
    spec = PairSpec(horizon_s=arguments.horizon)
    work = Path(mkdtemp(prefix="laq-recipe-"))
    wall, cpu = time.perf_counter(), time.process_time()
    model, exported = train(params, open_loaders(shards, spec, params), work=work)
    result = {
        "set": arguments.set,
        "wall_s": round(time.perf_counter() - wall, 1),
        "cpu_s": round(time.process_time() - cpu, 1),
        "parameters": sum(p.numel() for p in model.parameters()),
        "work": str(work),
        **{name: round(value, 4) for name, value in exported.metrics.items()},
        **{f"probe_r2/{k}": round(v, 3) for k, v in probe(model, shards, spec).items()},
    }
    print(json.dumps(result))


def demo_recipe() -> dict[str, Any]:
    """The section ``laq`` of the embedded default."""
    loader = ConfigLoader(str(CONF), env="base", **CONFIG_LOADER_ARGS)
    section: dict[str, Any] = loader["parameters"]["laq"]
    return section


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder for recordings")
    parser.add_argument("--episodes", type=int, default=2000)
    parser.add_argument("--horizon", type=float, default=0.1, help="seconds")
    parser.add_argument("--set", nargs="*", default=[], metavar="FIELD=VALUE")
    return parser.parse_args()


def overridden(recipe: dict[str, Any], changes: list[str]) -> dict[str, Any]:
    """Copy ``recipe`` with dotted fields replaced."""
    result: dict[str, Any] = json.loads(json.dumps(recipe))
    for change in changes:
        field, _, value = change.partition("=")
        *path, name = field.split(".")
        section = result
        for key in path:
            section = section.setdefault(key, {})
        # YAML 1.1 reads 1e-3 as text
        section[name] = float(value) if "e-" in value else yaml.safe_load(value)
    return result


def tabletop_shards(folder: Path, episodes: int) -> ShardSet:
    """Record episodes and cut them into shards, once."""
    raw = record_episodes(folder / "raw", RecordParams(num_episodes=episodes))
    return ingest(
        sources=[SourceParams(kind=raw.kind, path=raw.path, name=raw.kind)],
        params=IngestionParams(image_size=64, max_horizon_s=0.3, jpeg_subsampling="444"),
        out=folder / "shards",
    )


def probe(model: LatentActionQuantizer, shards: ShardSet, spec: PairSpec) -> dict[str, float]:
    """R² per action dimension, from one-hot codes, on whole held-out episodes."""
    pairs = open_pairs(shards, "val", spec, with_actions=True)
    codes, actions = [], []
    model.eval()
    for batch in evaluation_loader(pairs, batch_size=256):
        codes.append(model.codes(to_frames(batch["frames"])))
        actions.append(batch["actions"])
    size = model.quantizer.codebook_size
    features = torch.nn.functional.one_hot(torch.cat(codes), size).flatten(1).numpy()
    targets = torch.cat(actions).numpy()
    groups = np.array([pairs.sample(i)["episode_id"] for i in range(len(pairs))])
    folds = GroupKFold(5)
    predicted = cross_val_predict(Ridge(1e-3), features, targets, groups=groups, cv=folds)
    scores = r2_score(targets, predicted, multioutput="raw_values")
    return {str(index): float(score) for index, score in enumerate(scores)}


if __name__ == "__main__":
    main()
