"""The untrained foundation model: where training starts, and the control that ends there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import lapa
from lapa.data.shards.clip_table import load_clip_table
from lapa.models.foundation.build import build_foundation
from lapa.models.foundation.interface import LatentPolicy
from lapa.models.foundation.storage import save_foundation
from lapa.params.foundation.stage import FoundationParams
from lapa.records import Checkpoint, PairSpec, ShardSet
from lapa.training.common.seeding import seed_globally
from lapa.training.common.selection import Exported
from lapa.training.common.tracking import JoinedRun


def initialize(
    *,
    shards: Mapping[str, Any],
    pair_spec: Mapping[str, Any],
    params: Mapping[str, Any],
    work: str,
    run: JoinedRun | None = None,
) -> dict[str, Any]:
    """Make the untrained control: exactly the weights that `fit` would start from."""
    shard_set, config = ShardSet(**shards), FoundationParams(**params)
    model = fresh_model(shard_set, config)
    folder = Path(work) / "model"
    digest = save_foundation(folder, model, config.model())
    return record_of(
        folder,
        digest,
        inputs={"shards": shard_set.digest},
        pair_spec=PairSpec(**pair_spec),
        exported=Exported(step=0, metrics={}),
    )


def fresh_model(shards: ShardSet, params: FoundationParams) -> LatentPolicy:
    """The model at step 0: a function of the seed and the training instructions."""
    instructions = load_clip_table(shards, "train").texts["instruction"].values
    seed_globally(params.trainer.seed, "foundation weights")
    return build_foundation(params.model(), instructions=instructions)


def record_of(
    folder: Path,
    digest: str,
    *,
    inputs: dict[str, str],
    pair_spec: PairSpec,
    exported: Exported,
) -> dict[str, Any]:
    """The `Checkpoint` of weights in ``folder``, as JSON."""
    record = Checkpoint(
        path=str(folder),
        kind="foundation",
        digest=digest,
        inputs=inputs,
        pair_spec=pair_spec,
        code_version=lapa.__version__,
        **exported.facts(),
    )
    return record.model_dump(mode="json")
