"""What `lapa sweep` does: list the trials, make those that are missing, write the page."""

from __future__ import annotations

from pathlib import Path

import optuna
from kedro.framework.startup import bootstrap_project
from rich.console import Console
from rich.text import Text

from lapa.hooks.description import code_version
from lapa.studies.configuration import Configuration
from lapa.studies.durations import Durations
from lapa.studies.engine import Engine, study_folder
from lapa.studies.places import require_places
from lapa.sweeps.file import KIND, read_sweep
from lapa.sweeps.listing import space_table, trials_table
from lapa.sweeps.scenes import require_scenes_for_choosing
from lapa.sweeps.space import grid, probes, require_free
from lapa.sweeps.storage import FILE, begun, open_trials, stranded
from lapa.sweeps.target import plan_of, target_of
from lapa.sweeps.trials import Trials

CONF = Path("conf")


class SweepCommand:
    """One sweep with its trials as they are now."""

    def __init__(self, file: Path, *, project: Path) -> None:
        """Read the sweep, and refuse what cannot be; the working directory is the project's.

        Args:
            file: of the sweep.
            project: folder of the project.

        Raises:
            RefusedError: the file, a parameter or a value of the space is not acceptable, trials were made with
                other parameters, or scenes are those that policies are scored on.
        """
        self._code = code_version(project)
        bootstrap_project(project)
        self._project = project
        inside = file.relative_to(project) if file.is_relative_to(project) else file
        self.sweep = read_sweep(inside)
        params = self.sweep.params
        require_free(params.space)
        self._plan, *_ = [plan_of(self.sweep, point, CONF) for point in probes(params.space)]
        require_scenes_for_choosing(params.metric.name, self._configuration)
        self.page = self._configuration.page(self.sweep.name, KIND)
        self._console = Console(stderr=True, soft_wrap=True)

    @property
    def total(self) -> int:
        """Trials of the whole sweep."""
        params = self.sweep.params
        points = len(grid(params.space)) if params.sampler == "grid" else None
        return min(number for number in (points, params.n_trials) if number is not None)

    @property
    def _configuration(self) -> Configuration:
        return next(iter(self._plan.configurations.values()))

    def trials(self) -> optuna.Study:
        """The trials that there are."""
        return open_trials(self.sweep, self.page.parent / FILE)

    def list(self) -> None:
        """Print the space and every trial; run nothing."""
        out = Console(soft_wrap=True)
        out.print(space_table(self.sweep))
        out.print(trials_table(self.sweep, begun(self.trials()), total=self.total))

    def run(self, *, jobs: int) -> bool:
        """Make the trials that are missing; say which failed, and return whether any did.

        Args:
            jobs: runs side by side.

        Raises:
            RefusedError: this machine lacks what a run needs, or there is no such metric.
        """
        study = self.trials()
        require_places(target_of(self.sweep, self._plan).orders)
        if again := len(stranded(study)):
            self._console.print(f"trials that were stopped or failed: {again}; they go on first")
        done = len(begun(study)) - again
        if done >= self.total:
            self._console.print(f"all {self.total} trials are there: nothing to run")
            return False
        trials = Trials(self.sweep, study, total=self.total, conf=CONF, code=self._code)
        self._engine(trials, jobs=jobs, done=done).carry_out([])
        for number, reason in trials.failed_trials.items():
            self._console.print(Text(f"failed: trial {number}: {reason}"))
        return bool(trials.failed_trials)

    def write_page(self) -> None:
        """Write the page of all trials; without a value there is none."""
        from lapa.sweeps.page import write_sweep_page  # noqa: PLC0415 - it loads the plots

        study = self.trials()
        if not study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.COMPLETE,)):
            self._console.print("no trial has a value yet: no page")
            return
        write_sweep_page(self.sweep, study, self.page, total=self.total)
        self._console.print(
            f"Page of {len(begun(study))} trials: {self.page.resolve()}", highlight=False
        )

    def _engine(self, trials: Trials, *, jobs: int, done: int) -> Engine:
        return Engine(
            self._plan,
            project=self._project,
            code=self._code,
            jobs=jobs,
            durations=Durations(study_folder(self._plan)),
            done=done,
            cells=self.total,
            feed=trials,
        )
