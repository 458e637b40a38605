"""Trials in a SQLite file: opened, checked to be of this sweep, and those of a dead process put in again."""

from __future__ import annotations

import json
from pathlib import Path

import optuna
from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial, TrialState

from lapa.params.sweep import SweepParams
from lapa.refused import RefusedError
from lapa.studies.facts import changes
from lapa.sweeps.file import Sweep, asked_of
from lapa.sweeps.search import pruner_of
from lapa.sweeps.space import grid

FILE = "trials.db"
ASKED = "asked"
INSTEAD_OF = "instead_of"
"""Of a trial that was put in again: the number of the one that was stopped or failed, which counts no longer."""
RUN, SECONDS, REASON, COMMIT = "run", "seconds", "reason", "commit"
"""What is kept of a trial beside its parameters and value."""
PATIENCE = 60
"""Seconds that SQLite waits for another process that writes."""


def open_trials(sweep: Sweep, file: Path) -> optuna.Study:
    """Open the trials of a sweep, or begin with none.

    Args:
        sweep: whose trials.
        file: SQLite; made if need be.

    Raises:
        RefusedError: they were made with other parameters.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    file.parent.mkdir(parents=True, exist_ok=True)
    study = optuna.create_study(
        storage=RDBStorage(
            f"sqlite:///{file}", engine_kwargs={"connect_args": {"timeout": PATIENCE}}
        ),
        study_name=sweep.name,
        direction=sweep.params.metric.direction,
        pruner=pruner_of(sweep.params.pruner),
        load_if_exists=True,
    )
    _require_the_same(study, sweep.params, file)
    return study


def counted(study: optuna.Study) -> list[FrozenTrial]:
    """The trials that count: not those in whose place another was put in."""
    trials = study.get_trials(deepcopy=False)
    replaced = {trial.user_attrs[INSTEAD_OF] for trial in trials if INSTEAD_OF in trial.user_attrs}
    return [trial for trial in trials if trial.number not in replaced]


def begun(study: optuna.Study) -> list[FrozenTrial]:
    """Trials that count and do not wait to be begun."""
    return [trial for trial in counted(study) if trial.state is not TrialState.WAITING]


def stranded(study: optuna.Study) -> list[FrozenTrial]:
    """Trials that count, have no end, and wait for nothing, if no other process has the sweep; and those that failed."""
    return [t for t in counted(study) if t.state in {TrialState.RUNNING, TrialState.FAIL}]


def put_in_again(study: optuna.Study) -> None:
    """Enqueue trials of a process that is gone, and those that failed.

    Their runs go on where they were: equal parameters are the same run.
    """
    for trial in stranded(study):
        # killed while its point was drawn, it has the rest of it from whoever enqueued it
        point = {**trial.system_attrs.get("fixed_params", {}), **trial.params}
        study.enqueue_trial(point, user_attrs={INSTEAD_OF: trial.number})
    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        study.tell(trial.number, state=TrialState.FAIL)


def put_in_next_point(study: optuna.Study, params: SweepParams) -> None:
    """Enqueue the first point of the grid that no trial has, unless a trial waits already."""
    trials = counted(study)
    tried = [trial.params for trial in trials]
    left = [point for point in grid(params.space) if point not in tried]
    if left and not any(trial.state is TrialState.WAITING for trial in trials):
        study.enqueue_trial(left[0])


def _require_the_same(study: optuna.Study, params: SweepParams, file: Path) -> None:
    now = asked_of(params)
    before = json.loads(study.user_attrs.get(ASKED, "null"))
    if before is None:
        study.set_user_attr(ASKED, json.dumps(now))
    elif changed := changes(before, now):
        raise RefusedError(
            f"trials in {file} were made with other parameters: {'; '.join(map(str, changed))}. Values of trials "
            "are compared, so give the sweep another name, or delete that file"
        )
