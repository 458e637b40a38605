"""The trials that a page shows, numbered from 0 without gaps: those that were put in again are left out."""

from __future__ import annotations

from collections.abc import Sequence

from optuna.trial import FrozenTrial, TrialState

Numbered = tuple[int, FrozenTrial]


def completed(trials: Sequence[FrozenTrial]) -> list[Numbered]:
    """Trials with a value, with their places."""
    return _in_state(trials, TrialState.COMPLETE)


def pruned(trials: Sequence[FrozenTrial]) -> list[Numbered]:
    """Trials that were stopped on purpose, with their places."""
    return _in_state(trials, TrialState.PRUNED)


def _in_state(trials: Sequence[FrozenTrial], state: TrialState) -> list[Numbered]:
    return [(place, trial) for place, trial in enumerate(trials) if trial.state is state]
