"""What a study says while it runs, to a terminal and to a file."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from rich.console import Console

from lapa.studies.children import Ended
from lapa.studies.durations import Durations, as_text
from lapa.studies.progress import StudyProgress
from toys.study_files import plan_of


def said(folder: Path, *, terminal: bool) -> str:
    """What is written about one cell that is done and another that failed."""
    console = Console(file=StringIO(), force_terminal=terminal, width=120)
    first, second = plan_of(folder).cells.values()
    log = folder / "x.log"
    log.write_text("first\n" * 20 + "no space left on device\n")
    with StudyProgress(cells=5, done=2, console=console) as progress:
        progress.show([], left=150.0, is_guess=True)
        progress.finished(Ended(first, 61.0, 0, log), completed=1)
        progress.failed(Ended(second, 3.0, 1, log))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_a_file_gets_a_line_for_each_run_that_ended_and_the_end_of_a_failed_log(
    tmp_path: Path,
) -> None:
    done, failed, *log = said(tmp_path, terminal=False).splitlines()
    assert done.startswith("done    in_domain-lapa-default-nall-s0-l0-")
    assert done.endswith("3/5 cells")
    assert failed.startswith("FAILED  in_domain-scratch-default-nall-s0-l0-")
    assert "exit code 1" in failed
    assert log[-1].strip() == "no space left on device"
    assert len(log) == 12


def test_a_terminal_gets_the_time_left_too(tmp_path: Path) -> None:
    assert "at least 2 min left" in said(tmp_path, terminal=True)


def test_runs_of_a_kind_say_how_long_the_next_will_take(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    lapa, scratch = plan.cells.values()
    durations = Durations(tmp_path)
    assert durations.of(lapa) is None
    for seconds in (10.0, 90.0, 20.0):
        durations.add(lapa, seconds)
    again = Durations(tmp_path)
    assert (again.of(lapa), again.of(scratch)) == (20.0, None)
    assert again.guess(scratch) == 20.0


def test_times_are_read_by_people() -> None:
    assert [as_text(s) for s in (4.4, 89, 600, 12000)] == ["4 s", "89 s", "10 min", "3 h 20 min"]
