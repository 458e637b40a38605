"""A whole run in miniature: recordings, two quantizers, a backbone, policies. Nothing is good."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from lapa.data.sources.recorded import open_recorded
from lapa.envs.record import record_episodes
from lapa.models.foundation.build import build_foundation
from lapa.models.foundation.storage import save_foundation
from lapa.models.laq import LatentActionQuantizer
from lapa.models.laq.storage import save_laq
from lapa.params.distraction import DistractionParams
from lapa.params.envs import RecordParams, TabletopParams
from lapa.params.evaluation import EvaluationParams, ProbeParams, RolloutParams
from lapa.params.finetune import FinetuneParams
from lapa.params.foundation.film_cnn import FilmCnnParams
from lapa.params.foundation.model import FoundationModelParams
from lapa.params.laq.model import LaqModelParams
from lapa.records import Checkpoint, PairSpec, ShardSet
from lapa.training.policy import fit
from toys.shards import tiny_shard_set

ENV = TabletopParams(image_size=16)
SPEC = PairSpec(horizon_s=0.1)
EVALUATION = EvaluationParams(
    rollout=RolloutParams(
        simulator=ENV,
        tasks=("reach", "lift"),
        num_scenes=6,
        max_steps=4,
        num_videos=1,
        batch_size=4,
    ),
    probe=ProbeParams(max_samples=120, folds=2, max_iterations=5, hidden_dim=8, resamples=50),
    distraction=DistractionParams(num_scenes=2, pairs_per_scene=2, strengths=(1.0,)),
    batch_size=16,
    decoded_pairs=16,
    num_examples=3,
    on_error="raise",
)


@dataclass(frozen=True, kw_only=True)
class World:
    """What the pipelines would hand to the evaluation."""

    shards: ShardSet
    laqs: tuple[Checkpoint, Checkpoint]
    foundations: dict[str, Checkpoint]
    policies: dict[str, Checkpoint]
    params: EvaluationParams


def make_world(root: Path) -> World:
    """Record, ingest, and save models that were hardly trained, all below ``root``."""
    record_episodes(root / "raw", RecordParams(num_episodes=16, workers=1, simulator=ENV))
    episodes = list(open_recorded(root / "raw"))
    shards = tiny_shard_set(root, episodes=episodes, size=16, split={"val_fraction": 0.4})
    foundations = {
        arm: _untrained_foundation(root / arm / "foundation", shards, step)
        for arm, step in (("lapa", 50), ("scratch", 0))
    }
    return World(
        shards=shards,
        laqs=(untrained_laq(root / "laq", shards, 10), untrained_laq(root / "random", shards, 0)),
        foundations=foundations,
        policies={
            arm: _policy(root / arm / "policy", shards, foundation)
            for arm, foundation in foundations.items()
        },
        params=EVALUATION,
    )


def untrained_laq(folder: Path, shards: ShardSet, step: int, **model: Any) -> Checkpoint:
    torch.manual_seed(step)
    config = LaqModelParams(
        **{
            "image_size": shards.image_size,
            "patch_size": shards.image_size // 8,
            "dim": 16,
            "heads": 2,
            "head_dim": 8,
            "spatial_depth": 1,
            "temporal_depth": 1,
            "code_seq_len": 2,
            "codebook_size": 4,
            "quant_dim": 4,
            **model,
        }
    )
    digest = save_laq(folder, LatentActionQuantizer(config))
    inputs = {"shards": shards.digest}
    return _record(folder, kind="laq", step=step, digest=digest, inputs=inputs)


def _untrained_foundation(folder: Path, shards: ShardSet, step: int) -> Checkpoint:
    torch.manual_seed(step)
    config = FoundationModelParams(
        code_seq_len=2,
        codebook_size=4,
        backend=FilmCnnParams(image_size=16, channels=4, blocks=1, text_dim=4, feature_dim=8),
    )
    model = build_foundation(config, instructions=["reach the red cube"])
    digest = save_foundation(folder, model, config)
    metrics = {"val/top1": 0.4, "val/top1_majority": 0.3} if step else {}
    return _record(
        folder,
        kind="foundation",
        step=step,
        digest=digest,
        inputs={"shards": shards.digest},
        metrics=metrics,
    )


def _record(folder: Path, **facts: Any) -> Checkpoint:
    return Checkpoint(path=str(folder), pair_spec=SPEC, code_version="test", **facts)


def _policy(work: Path, shards: ShardSet, foundation: Checkpoint) -> Checkpoint:
    params = FinetuneParams.model_validate(
        {
            "labeled_episodes": 4,
            "bins": 16,
            "head": {"kind": "binned", "hidden_dim": 8},
            "optimizer": {"warmup_steps": 1},
            "trainer": {"max_steps": 4, "batch_size": 8, "accelerator": "cpu", "log_every": 2}
            | {"validate_every": 2},
        }
    )
    return fit(
        shards=shards,
        foundation=foundation,
        params=params,
        work=work,
    )
