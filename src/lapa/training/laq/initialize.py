"""The control: a quantiser that learnt nothing, but whose codes are spread over its inputs."""

from __future__ import annotations

from pathlib import Path

from lapa.params.laq.stage import LaqParams
from lapa.records import Checkpoint, PairSpec, ShardSet
from lapa.training.common.joined_run import JoinedRun
from lapa.training.common.selection import Exported
from lapa.training.common.stage_work import StageWork, start_process
from lapa.training.laq.codebook_start import start_codebook
from lapa.training.laq.fit import build_model, save
from lapa.training.laq.loaders import LaqLoaders, open_loaders
from lapa.training.laq.module import LaqModule
from lapa.training.laq.trainer import build_trainer


def initialize(
    *,
    shards: ShardSet,
    pair_spec: PairSpec,
    params: LaqParams,
    work: Path,
    run: JoinedRun | None = None,
) -> Checkpoint:
    """Return the checkpoint (step 0) of an untrained quantiser of the same configuration.

    Its random codebook would give every pair one code, which no later stage could fail to
    predict: an unfair control. So its rows are always taken from encoded pairs.

    Args:
        shards: the clips.
        pair_spec: what a pair is.
        params: as for `fit`; weights depend on ``trainer.seed``.
        work: scratch folder.
        run: ignored; an untrained model has no curves.
    """
    start_process(params.trainer)
    laq = untrained(params)
    loaders = open_loaders(shards, pair_spec, laq)
    model = build_model(laq)
    start_codebook(
        model,
        loaders.first(laq.codebook.initial_batches),
        seed=laq.trainer.seed,
        few=laq.train_max_samples is not None,
    )
    metrics = validate(laq, loaders, LaqModule(model=model, params=laq), work)
    exported = Exported(step=0, metrics=metrics)
    own = StageWork(stage="laq", folder=work)
    return save(model, exported, own, shards=shards, pair_spec=pair_spec, data=loaders.data)


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


def validate(
    params: LaqParams, loaders: LaqLoaders, module: LaqModule, work: Path
) -> dict[str, float]:
    """Validate without training; nothing where there is no validation data."""
    if not len(loaders.val_pairs):
        return {}
    own = StageWork(stage="laq", folder=work)
    trainer = build_trainer(params.trainer, work=own, callbacks=[])
    (measured,) = trainer.validate(module, loaders.val, verbose=False)
    return dict(measured)
