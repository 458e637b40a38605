"""Trials while the engine works: asked of Optuna, watched, stopped where they are hopeless, and told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import optuna
from optuna.trial import TrialState

from lapa.refused import RefusedError
from lapa.studies.children import Running
from lapa.studies.feed import Feed
from lapa.studies.orders import RunOrder
from lapa.studies.schedule import Schedule
from lapa.studies.spent import seconds_spent
from lapa.sweeps.file import Sweep
from lapa.sweeps.intermediate import report_logged
from lapa.sweeps.mlflow_trials import describe_trial
from lapa.sweeps.objective import value_of
from lapa.sweeps.search import sampler_of
from lapa.sweeps.space import distributions
from lapa.sweeps.storage import (
    COMMIT,
    REASON,
    RUN,
    SECONDS,
    begun,
    put_in_again,
    put_in_next_point,
)
from lapa.sweeps.target import Target, plan_of, target_of


class Trials(Feed):
    """The trials of one command."""

    counted = "trials"

    def __init__(
        self, sweep: Sweep, study: optuna.Study, *, total: int, conf: Path, code: str
    ) -> None:
        """Nothing is asked yet.

        Args:
            sweep: what is searched.
            study: trials of earlier commands are in it.
            total: trials of the whole sweep.
            conf: folder of the configuration.
            code: version of the code.
        """
        self._sweep, self._study, self._total = sweep, study, total
        self._conf, self._code = conf, code
        self._distributions = distributions(sweep.params.space)
        self._open: dict[str, list[optuna.Trial]] = {}
        """Run in progress or waiting -> its trials: two with equal parameters share it."""
        self._targets: dict[str, Target] = {}
        self._stopped: set[str] = set()
        self.failed_trials: dict[int, str] = {}
        """Trials of this command that have no value -> why."""

    def begin(self) -> None:
        """Put in again what another process began."""
        put_in_again(self._study)

    def refill(self, schedule: Schedule, *, jobs: int) -> int:
        """Ask for trials until as many are open as runs go side by side."""
        self._give_up(schedule)
        completed = 0
        while len(self._open) < jobs and self._left():
            completed += self._ask(schedule)
            if self._give_up(schedule):
                break  # what failed is likely to be in the way of all others, too
        return completed

    def to_come(self) -> Sequence[RunOrder]:
        """A run like those that are open for each trial that was not asked for yet."""
        like = [target.order for target in self._targets.values()][-1:]
        return like * self._left()

    def to_stop(self, running: Collection[Running]) -> list[str]:
        """The runs of trials that Optuna's pruner gives up."""
        hopeless = []
        for one in running:
            name = one.order.name
            trials = self._open.get(name, [])
            verdicts = [report_logged(t, self._targets[name], self._sweep.params) for t in trials]
            if name not in self._stopped and verdicts and all(verdicts):
                hopeless.append(name)
        self._stopped.update(hopeless)
        return hopeless

    def is_stopped(self, order: RunOrder) -> bool:
        """Whether the pruner ended it."""
        return order.name in self._stopped

    def finished(self, order: RunOrder, *, is_stopped: bool = False) -> int:
        """Tell what the trials of a run are worth, or that they were pruned."""
        self._stopped.discard(order.name)
        trials = self._open.get(order.name, [])
        if not trials:
            return 0
        if is_stopped:
            self._close(order.name, TrialState.PRUNED)
            return len(trials)
        target = self._targets[order.name]
        for trial in trials:  # of a short training nothing was seen while it ran
            report_logged(trial, target, self._sweep.params)
        try:
            value = value_of(target, self._sweep.params.metric.name)
        except RefusedError:
            raise
        except ValueError as error:
            self._fail(order.name, str(error))
            return 0
        self._close(order.name, TrialState.COMPLETE, value)
        return len(trials)

    def failed(self, order: RunOrder) -> None:
        """Trials whose run failed have no value."""
        if order.name in self._open:
            self._fail(order.name, "its run failed")

    def _give_up(self, schedule: Schedule) -> bool:
        """Fail trials that need a run which failed; whether there were any."""
        lost = set(self._open) & set(schedule.given_up)
        for name in lost:
            self._fail(name, f"{schedule.given_up[name]}, which it needs, failed")
        return bool(lost)

    def _left(self) -> int:
        return max(0, self._total - len(begun(self._study)))

    def _ask(self, schedule: Schedule) -> int:
        """Open one trial; where its run was made before, it is complete at once: then 1."""
        if self._sweep.params.sampler == "grid":
            put_in_next_point(self._study, self._sweep.params)
        self._study.sampler = sampler_of(self._sweep.params, len(begun(self._study)))
        trial = self._study.ask(self._distributions)
        try:
            target = target_of(self._sweep, plan_of(self._sweep, trial.params, self._conf))
        except RefusedError as error:
            self._tell_failed(trial, str(error))
            return 0
        name = target.order.name
        trial.set_user_attr(RUN, name)
        trial.set_user_attr(COMMIT, self._code)
        is_open = name in self._open
        self._open.setdefault(name, []).append(trial)
        self._targets[name] = target
        if not is_open and not target.orders:
            return self.finished(target.order)
        schedule.add(target.orders)
        return 0

    def _close(self, name: str, state: TrialState, value: float | None = None) -> None:
        order = self._targets[name].order
        for trial in self._open.pop(name):
            trial.set_user_attr(SECONDS, seconds_spent(order.scratch))
            self._study.tell(trial, value, state=state)
            describe_trial(name, trial, state.name.lower(), value)

    def _fail(self, name: str, reason: str) -> None:
        for trial in self._open.pop(name):
            self._tell_failed(trial, reason)
            describe_trial(name, trial, TrialState.FAIL.name.lower(), None)

    def _tell_failed(self, trial: optuna.Trial, reason: str) -> None:
        trial.set_user_attr(REASON, reason)
        self._study.tell(trial, state=TrialState.FAIL)
        self.failed_trials[trial.number] = reason
