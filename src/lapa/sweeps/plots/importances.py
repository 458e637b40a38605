"""How much of the differences between trials each parameter explains."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import optuna
from optuna.importance import FanovaImportanceEvaluator, get_param_importances

from lapa.evaluation.plots.style import BLUE, saved_plot
from lapa.sweeps.words import short_name

FEWEST = 4
"""Complete trials below which nothing is said."""


def importances(study: optuna.Study, *, seed: int) -> dict[str, float]:
    """Share of the variance that each parameter explains, by fANOVA.

    Hutter, Hoos and Leyton-Brown, "An Efficient Approach for Assessing Hyperparameter Importance", ICML 2014.

    Args:
        study: complete trials alone count.
        seed: of the random forest.

    Returns:
        Parameter -> share in [0, 1], the largest first; they add up to 1. Empty for fewer than `FEWEST` trials, for trials
        of one value, and for one parameter.
    """
    complete = study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.COMPLETE,))
    varied = {
        name for t in complete for name in t.params if len({o.params[name] for o in complete}) > 1
    }
    if len(complete) < FEWEST or len({t.value for t in complete}) < 2 or len(varied) < 2:
        return {}
    return get_param_importances(study, evaluator=FanovaImportanceEvaluator(seed=seed))


def plot_importances(shares: Mapping[str, float], path: Path) -> None:
    """Draw a bar for each parameter, the largest at the top."""
    names = list(shares)[::-1]
    with saved_plot(path, figsize=(6.0, 0.9 + 0.4 * len(names))) as axes:
        bars = axes.barh(
            [short_name(name) for name in names], [100 * shares[n] for n in names], color=BLUE
        )
        axes.bar_label(bars, fmt="%.0f %%", padding=3)
        axes.set_xlim(0, 110)
        axes.grid(visible=False, axis="y")
        axes.set_xlabel("share of the variance between trials (fANOVA), %")
