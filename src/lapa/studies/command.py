"""What `lapa study` does: list the cells, run those that are missing, write the page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kedro.framework.startup import bootstrap_project
from rich.console import Console
from rich.text import Text

from lapa.evaluation.study.versions import other_versions
from lapa.hooks.description import code_version
from lapa.records import CellResult
from lapa.refused import RefusedError
from lapa.studies.durations import Durations
from lapa.studies.engine import Engine, missing_runs, study_folder
from lapa.studies.file import read_study
from lapa.studies.grid import matching, where_of
from lapa.studies.listing import cells_table, labeled_line, runs_table
from lapa.studies.orders import CellOrder
from lapa.studies.places import require_places
from lapa.studies.plan import Plan
from lapa.studies.results import AskedFile, State, read_result, state_of, without_cell


class StudyCommand:
    """One study, the cells of it that are asked for, and their results as they are now."""

    def __init__(self, file: Path, *, project: Path, where: str) -> None:
        """Read the study and its configurations; the working directory is the project's.

        Args:
            file: of the study.
            project: folder of the project.
            where: which cells (`lapa.studies.grid.where_of`).

        Raises:
            RefusedError: the file, a parameter or the choice of cells is not acceptable.
        """
        self._code = code_version(project)
        bootstrap_project(project)
        self._project = project
        inside = file.relative_to(project) if file.is_relative_to(project) else file
        self.study = read_study(inside)
        self._plan = Plan(self.study, Path("conf"))
        self.cells = [self._plan.cells[k] for k in matching(self._plan.cells, where_of(where))]
        self._asked = AskedFile(self.study.results)
        self._durations = Durations(study_folder(self._plan), self.results())
        self._console = Console(stderr=True, soft_wrap=True)

    def results(self) -> list[CellResult]:
        """Results of these parameters, of the whole study."""
        every = self._plan.cells.values()
        read = (read_result(cell.result) for cell in every if state_of(cell) is State.DONE)
        return [result for result in read if result is not None]

    def list(self) -> None:
        """Print every cell with its state, and the runs that are needed with the time they take."""
        out = Console(soft_wrap=True)
        states = {cell.key: state_of(cell).value for cell in self.cells}
        out.print(cells_table(self.study.name, states))
        out.print(labeled_line(self.study.params))
        self._say_stale()
        self._say_versions()
        missing = missing_runs(self._plan, self._in(State.MISSING))
        out.print(runs_table(missing, self._durations))
        try:
            require_places(missing)
        except RefusedError as error:
            self._console.print(Text(f"cannot be made here: {error}"))

    def run(self, *, jobs: int, redo_stale: bool) -> bool:
        """Make what is missing; say what failed, and return whether anything did.

        Args:
            jobs: runs side by side.
            redo_stale: make stale cells again, too.

        Raises:
            RefusedError: this machine lacks what a run needs; nothing is run.
        """
        wanted = [*self._in(State.MISSING), *(self._in(State.STALE) if redo_stale else ())]
        if not redo_stale:
            self._say_stale()
        self._say_versions()
        if not wanted:
            self._console.print(f"all {len(self._in(State.DONE))} cells are there: nothing to run")
            return False
        orders = missing_runs(self._plan, wanted)
        require_places(orders)
        self._remember(wanted)
        engine = Engine(
            self._plan,
            project=self._project,
            code=self._code,
            jobs=jobs,
            durations=self._durations,
            done=len(self._in(State.DONE)),
            cells=len(self.cells),
        )
        engine.carry_out(orders)
        self._say_failed(engine)
        return bool(engine.failed)

    def write_page(self) -> None:
        """Write the page of all results of the study, whichever cells are asked for; without any there is none."""
        if not (results := self.results()):
            self._console.print("no cell has a result yet: no page")
            return
        from lapa.studies.page import write_page  # noqa: PLC0415 - it loads the plots

        configuration = next(iter(self._plan.configurations.values()))
        out = configuration.page(self.study.name).parent
        cells = list(self._plan.cells.values())
        page = write_page(self.study, cells, results, out)
        counted = f"{len(results)} of {len(cells)} cells"
        self._console.print(f"Page of {counted}: {page.resolve()}", highlight=False)

    def renew(self, readme: Path) -> None:
        """Write table and figure of all results of the study into another page, between its markers.

        Raises:
            RefusedError: there are no results.
            ValueError: the page has no markers for them.
        """
        if not (results := self.results()):
            raise RefusedError(
                f"{self.study.results} holds no result of these cells: run lapa study {self.study.file}"
            )
        from lapa.studies.page import renew_part  # noqa: PLC0415 - it loads the plots

        figure = renew_part(
            self.study,
            list(self._plan.cells.values()),
            results,
            page=readme,
            project=self._project,
        )
        self._console.print(f"{readme}, {figure}", highlight=False)

    def _in(self, state: State) -> Sequence[CellOrder]:
        return [cell for cell in self.cells if state_of(cell) is state]

    def _remember(self, wanted: Sequence[CellOrder]) -> None:
        """Say beside the results what they are made with; where some stay stale, what those were made with."""
        kept = [cell for cell in self._in(State.STALE) if cell not in wanted]
        stale = {(cell.key.setting, cell.key.variant) for cell in kept}
        for cell in wanted:
            if (cell.key.setting, cell.key.variant) not in stale:
                self._asked.remember(cell.key, self._facts(cell))

    def _facts(self, cell: CellOrder) -> dict[str, object]:
        return without_cell(cell.configuration.facts(cell.own))

    def _say_stale(self) -> None:
        reasons: dict[str, list[str]] = {}
        for cell in self._in(State.STALE):
            reason = self._asked.changes(cell.key, self._facts(cell))
            reasons.setdefault(reason, []).append(cell.key.name)
        for reason, names in reasons.items():
            shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if names[3:] else "")
            self._console.print(Text(f"stale: {shown}: {reason}"))
        if reasons:
            self._console.print(
                "Stale results are left out and kept; --redo-stale makes them again."
            )

    def _say_versions(self) -> None:
        if sentence := other_versions(self.results(), self._code):
            self._console.print(Text(sentence))

    def _say_failed(self, engine: Engine) -> None:
        for name, log in engine.failed.items():
            self._console.print(Text(f"failed: {name}: {log}"))
        for name, ancestor in engine.given_up.items():
            self._console.print(Text(f"not begun: {name}, which needs {ancestor}"))
        if engine.failed:
            self._console.print("The same command makes what is missing; what is there is kept.")
