"""`lapa study`: a grid of runs as one command that can be stopped and goes on."""

from __future__ import annotations

from contextlib import chdir
from pathlib import Path

import click

from lapa.cli.project import project_around


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Runs side by side."
)
@click.option(
    "--where",
    default="",
    help="List and run only these cells, e.g. setting=in_domain,arm=lapa+scratch,budget=all; pages show all.",
)
@click.option(
    "--list", "is_list", is_flag=True, help="Print cells and the runs they need; run nothing."
)
@click.option(
    "--page", "is_page", is_flag=True, help="Write the page of what is there; run nothing."
)
@click.option("--redo-stale", is_flag=True, help="Make cells again that other parameters made.")
@click.option(
    "--readme",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Renew the results between the markers of this page, and its figure; run nothing.",
)
def study(  # noqa: PLR0917 - click hands options over by name
    file: Path,
    jobs: int,
    where: str,
    is_list: bool,
    is_page: bool,
    redo_stale: bool,
    readme: Path | None,
) -> None:
    """Run every cell of the study in FILE that has no result yet.

    A cell is one policy: an arm, a setting, a variant, a label budget, seeds. Cells share what they have in
    common. A result is a small file; those that are there are kept, so the same command continues a study
    that was stopped, on another machine, too. docs/studies.md says what the file holds.
    """
    project = project_around(Path.cwd())
    if project is None:
        raise click.ClickException(
            f"no project in {Path.cwd()} or above it: change to your checkout"
        )
    here, named = file.resolve(), None if readme is None else readme.resolve()
    from lapa.studies.command import StudyCommand  # noqa: PLC0415 - --help need not wait for MLflow

    with chdir(project):
        command = StudyCommand(here, project=project, where=where)
        if is_list:
            command.list()
        elif named is not None:
            command.renew(named)
        else:
            failed = not is_page and command.run(jobs=jobs, redo_stale=redo_stale)
            command.write_page()
            if failed:
                raise SystemExit(1)
