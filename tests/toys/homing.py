"""Stage 3 on squares that go home: the action is a function of the picture, the backbone two encoders and a Llama."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import torch

from lapa.config import CONFIG_LOADER_ARGS, ConfigLoader
from lapa.data.episode import Episode
from lapa.models.foundation.build import build_foundation
from lapa.models.foundation.storage import save_foundation
from lapa.params.finetune import FinetuneParams
from lapa.params.foundation.film_cnn import FilmCnnParams
from lapa.params.foundation.model import FoundationModelParams
from lapa.records import Checkpoint, PairSpec, ShardSet
from toys.backends import tiny
from toys.episodes import COLORS, moving_square_episodes
from toys.paths import ROOT
from toys.shards import tiny_shard_set

SPEC = PairSpec(horizon_s=0.1)
SIZES = FoundationModelParams(code_seq_len=4, codebook_size=4, backend=tiny())


def homing(episode: Episode) -> Episode:
    """The same pictures, but the action (and a suction-like bit) is a function of the picture."""
    assert episode.states is not None
    offset = 12 - episode.states
    bit = np.where(np.abs(offset).max(axis=1) < 6, 1.0, -1.0)
    actions = np.column_stack([np.clip(offset / 12, -1, 1), bit]).astype(np.float32)
    return dataclasses.replace(
        episode,
        actions=actions,
        action_names=("dx", "dy", "suction"),
        action_units=("px", "px", ""),
    )


def homing_shards(folder: Path, *, n: int = 20) -> ShardSet:
    """Shards of ``n`` episodes of six frames."""
    return tiny_shard_set(folder, episodes=[homing(e) for e in moving_square_episodes(n, 6)])


def backbone(folder: Path, shards: ShardSet, *, step: int = 100) -> Checkpoint:
    """A `dual_encoder` with four queries that counts as pretrained."""
    return _checkpoint(folder, shards, SIZES, step=step, inputs={"laq": "laq"})


FILM = FoundationModelParams(
    code_seq_len=2,
    codebook_size=4,
    backend=FilmCnnParams(image_size=32, channels=8, blocks=1, text_dim=8, feature_dim=16),
)


def film_backbone(folder: Path, shards: ShardSet, *, step: int = 100) -> Checkpoint:
    """A small `film_cnn` that counts as pretrained."""
    return _checkpoint(folder, shards, FILM, step=step, inputs={})


def _checkpoint(
    folder: Path,
    shards: ShardSet,
    sizes: FoundationModelParams,
    *,
    step: int,
    inputs: dict[str, str],
) -> Checkpoint:
    torch.manual_seed(0)
    texts = [f"move the {color} square" for color in COLORS]
    model = build_foundation(sizes, instructions=texts)
    return Checkpoint(
        path=str(folder),
        kind="foundation",
        step=step,
        digest=save_foundation(folder, model, sizes),
        inputs={"shards": shards.digest, **inputs},
        pair_spec=SPEC,
        code_version="test",
    )


def recipe(preset: str | None = None, **changes: Any) -> FinetuneParams:
    """A preset of `conf/presets/finetune` (none: plain defaults), trained for a few steps on the CPU."""
    trainer = {"max_steps": 6, "batch_size": 8, "checkpoint_every": 2, "accelerator": "cpu"}
    trainer |= {"validate_every": 3, "log_every": 1, "num_workers": 0, "num_threads": 1}
    optimizer = {"learning_rate": 3e-3, "final_learning_rate": 1e-4, "warmup_steps": 2}
    values = _preset(preset) if preset else {}
    values |= {"dataset": None, "labeled_episodes": None, "optimizer": optimizer}
    values |= {"unpretrained_max_steps": None} | changes
    precision = values.get("trainer", {}).get("precision", "32-true")
    values["trainer"] = {"precision": precision, **trainer, **changes.get("trainer", {})}
    return FinetuneParams.model_validate(values)


def _preset(name: str) -> dict[str, Any]:
    given = {"finetune": {"preset": name}}
    loader = ConfigLoader(
        str(ROOT / "conf"), env="base", runtime_params=given, **CONFIG_LOADER_ARGS
    )
    values: dict[str, Any] = loader["parameters"]["finetune"]
    return dict(values)
