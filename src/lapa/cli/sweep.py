"""`lapa sweep`: search for parameters, as one command that can be stopped and goes on."""

from __future__ import annotations

from contextlib import chdir
from importlib.util import find_spec
from pathlib import Path

import click

from lapa.cli.project import project_around
from lapa.refused import RefusedError


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Runs side by side."
)
@click.option(
    "--list", "is_list", is_flag=True, help="Print the space and all trials; run nothing."
)
@click.option(
    "--page", "is_page", is_flag=True, help="Write the page of what is there; run nothing."
)
def sweep(file: Path, jobs: int, is_list: bool, is_page: bool) -> None:
    """Search the space in FILE for the best parameters.

    A trial is an ordinary run; trials share what they have in common. The same command continues a sweep
    that was stopped or killed. docs/sweeps.md says what the file holds.
    """
    project = project_around(Path.cwd())
    if project is None:
        raise click.ClickException(
            f"no project in {Path.cwd()} or above it: change to your checkout"
        )
    _require_optuna()
    here = file.resolve()
    from lapa.sweeps.command import SweepCommand  # noqa: PLC0415 - --help need not wait for MLflow

    with chdir(project):
        command = SweepCommand(here, project=project)
        if is_list:
            command.list()
            return
        failed = not is_page and command.run(jobs=jobs)
        command.write_page()
        if failed:
            raise SystemExit(1)


def _require_optuna() -> None:
    if find_spec("optuna") is None:
        raise RefusedError("lapa sweep needs optuna: run `pip install 'lapa[sweep]'`")
