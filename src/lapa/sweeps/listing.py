"""The space and the trials of a sweep, as tables of the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from optuna.trial import FrozenTrial
from rich.table import Table

from lapa.params.search_space import Dimension
from lapa.sweeps.file import Sweep
from lapa.sweeps.words import state_of, value_of_trial, value_text


def space_table(sweep: Sweep) -> Table:
    """Every parameter and where it is searched."""
    metric = sweep.params.metric
    table = Table("parameter", "searched", title=f"{sweep.name}: {metric.direction} {metric.name}")
    for name, dimension in sweep.params.space.items():
        table.add_row(name, in_words(dimension))
    return table


def trials_table(sweep: Sweep, trials: Sequence[FrozenTrial], *, total: int) -> Table:
    """Every trial with its state, value and parameters."""
    title = f"{len(trials)} of {total} trials"
    table = Table("trial", "state", "value", *sweep.params.space, title=title)
    for trial in trials:
        point = (value_text(trial.params.get(name)) for name in sweep.params.space)
        table.add_row(str(trial.number), state_of(trial), value_of_trial(trial), *point)
    return table


def in_words(dimension: Dimension) -> str:
    """``0.001 to 0.1, log``, or the choices."""
    if dimension.choices:
        return ", ".join(map(value_text, dimension.choices))
    step = f", steps of {dimension.step:g}" if dimension.step else ""
    log = ", log" if dimension.log else ""
    return f"{value_text(dimension.low)} to {value_text(dimension.high)}{step}{log}"
