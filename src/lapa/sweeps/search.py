"""What Optuna is asked with: a sampler for each trial, and a pruner."""

from __future__ import annotations

import numpy as np
from optuna.pruners import BasePruner, MedianPruner, NopPruner, SuccessiveHalvingPruner
from optuna.samplers import BaseSampler, RandomSampler, TPESampler

from lapa.params.sweep import PrunerParams, SweepParams


def sampler_of(params: SweepParams, number: int) -> BaseSampler:
    """The sampler of one trial.

    A function of seed and number, so that a sweep that was stopped goes on as if it had not been: one
    that was seeded anew would draw its first points again.

    Args:
        params: of the sweep.
        number: trials before this one.
    """
    seed = int(np.random.SeedSequence([params.seed, number]).generate_state(1)[0])
    if params.sampler == "tpe":
        return TPESampler(seed=seed)
    return RandomSampler(seed=seed)  # of a grid all points are enqueued, and none is drawn


def pruner_of(params: PrunerParams | None) -> BasePruner:
    """The pruner of a sweep; one that stops nothing where there is none."""
    if params is None:
        return NopPruner()
    if params.kind == "median":
        return MedianPruner(
            n_startup_trials=params.startup_trials, n_warmup_steps=params.warmup_steps
        )
    return SuccessiveHalvingPruner(
        min_resource=params.min_steps or "auto", reduction_factor=params.reduction_factor
    )
