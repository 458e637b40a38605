"""The control: a quantiser that learnt nothing, but whose codes are spread over its inputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lapa.params.laq.stage import LaqParams
from lapa.records import PairSpec, ShardSet
from lapa.training.common.selection import Exported
from lapa.training.common.trainer import build_trainer
from lapa.training.laq.codebook_start import start_codebook
from lapa.training.laq.fit import build_model, save
from lapa.training.laq.loaders import LaqLoaders, open_loaders
from lapa.training.laq.module import LaqModule


def initialize(
    *,
    shards: dict[str, Any],
    pair_spec: dict[str, Any],
    params: dict[str, Any],
    work: str,
    run: Any = None,
) -> dict[str, Any]:
    """Return the `Checkpoint` (step 0) of an untrained quantiser of the same configuration.

    Its random codebook would give every pair one code, which no later stage could fail to
    predict: an unfair control. So its rows are always taken from encoded pairs.

    Args:
        shards: dump of the `ShardSet`.
        pair_spec: dump of the `PairSpec`.
        params: dump of `LaqParams`; weights depend on ``trainer.seed``.
        work: scratch folder.
        run: ignored; an untrained model has no curves.
    """
    shard_set, spec = ShardSet.model_validate(shards), PairSpec.model_validate(pair_spec)
    laq = untrained(LaqParams.model_validate(params))
    loaders = open_loaders(shard_set, spec, laq)
    model = build_model(laq)
    start_codebook(model, loaders.first(laq.codebook.initial_batches), seed=laq.trainer.seed)
    metrics = figures(laq, loaders, LaqModule(model=model, params=laq), Path(work))
    exported = Exported(step=0, metrics=metrics)
    return save(model, Path(work), shard_set=shard_set, spec=spec, exported=exported)


def untrained(params: LaqParams) -> LaqParams:
    """Parameters of the control: one process, and a codebook from data where one can be set."""
    compat = params.model.lapa_compat  # the original knows no other start than N(0, 1)
    start = params.model.codebook_init if compat else "data"
    return params.model_copy(
        update={
            "model": params.model.model_copy(update={"codebook_init": start}),
            "trainer": params.trainer.model_copy(update={"devices": 1, "nodes": 1}),
        }
    )


def figures(
    params: LaqParams, loaders: LaqLoaders, module: LaqModule, work: Path
) -> dict[str, float]:
    """Validate without training; nothing where there is no validation data."""
    if not len(loaders.val_pairs):
        return {}
    trainer = build_trainer(params.trainer, work=work, run=None, callbacks=[])
    (measured,) = trainer.validate(module, loaders.val, verbose=False)
    return dict(measured)
