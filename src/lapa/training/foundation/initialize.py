"""The untrained foundation model, the control of a training."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from lapa.models.foundation.storage import save_foundation
from lapa.params.foundation.stage import FoundationParams
from lapa.records import Checkpoint, PairSpec, ShardSet
from lapa.training.common.joined_run import JoinedRun
from lapa.training.common.selection import Exported
from lapa.training.common.stage_work import StageWork, start_process
from lapa.training.foundation.model import fresh_model


def initialize(
    *,
    shards: ShardSet,
    pair_spec: PairSpec,
    params: FoundationParams,
    work: Path,
    run: JoinedRun | None = None,
) -> Checkpoint:
    """Make the untrained control: exactly the weights that `fit` would start from.

    Args:
        shards: whose instructions the tokenizer learns.
        pair_spec: what a pair will be to those who use it.
        params: as for `fit`.
        work: folder to write to.
        run: ignored; an untrained model has no curves.
    """
    start_process(params.trainer)
    model = fresh_model(shards, params)
    return StageWork(stage="foundation", folder=work).save(
        partial(save_foundation, model=model, config=params.model()),
        exported=Exported(step=0, metrics={}),
        inputs={"shards": shards.digest},
        pair_spec=pair_spec,
    )
