"""What a trial logs while it trains, told to Optuna, and whether it is worth going on with.

Trainers know nothing of this: they append what they log to ``metrics.jsonl`` of their scratch folder, which is
read here from outside, and a model keeps the file when it is finished.
"""

from __future__ import annotations

import optuna

from lapa.params.sweep import PrunerParams, SweepParams
from lapa.sweeps.target import Target


def report_logged(trial: optuna.Trial, target: Target, params: SweepParams) -> bool:
    """Tell Optuna what has been logged since it was last told, and whether the trial is to be stopped.

    Args:
        trial: of the sweep.
        target: its run, in progress or done.
        params: of the sweep.
    """
    if params.pruner is None:
        return False
    is_hopeless = False
    told = trial.study.get_trials(deepcopy=False)[trial.number].intermediate_values
    curve = target.curves().get(params.pruner.metric.partition("/")[2], {})
    for step in sorted(set(curve) - set(told)):
        trial.report(_signed(curve[step], params, params.pruner), step)
        is_hopeless = trial.should_prune() or is_hopeless
    return is_hopeless


def shown(value: float, params: SweepParams) -> float:
    """A value that was told to Optuna, as it was logged."""
    return _signed(value, params, params.pruner) if params.pruner else value


def _signed(value: float, params: SweepParams, pruner: PrunerParams) -> float:
    """Optuna takes the direction of the sweep for that of what is logged, too."""
    return value if pruner.direction == params.metric.direction else -value
