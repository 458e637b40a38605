"""`lapa new-env NAME --from PATH`: an environment for a robot dataset of one's own."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from lapa.cli.assignments import assignments
from lapa.cli.project import project_around
from lapa.data.sources.source_kind import kind_of
from lapa.proposal.facts import SourceFacts
from lapa.proposal.page import environment_files
from lapa.proposal.picture import Size
from lapa.proposal.propose import Wishes, propose
from lapa.proposal.read import read_source
from lapa.proposal.words import fact_lines
from lapa.proposal.write import require_free, write_files
from lapa.refused import RefusedError


@click.command()
@click.argument("name")
@click.option(
    "--from",
    "path",
    type=click.Path(exists=True, path_type=Path),
    required=True,
    help="Folder or file of the dataset.",
)
@click.option("--kind", default="", help="Source kind, e.g. lerobot; default told by the files.")
@click.option("--option", "options", multiple=True, help="Adapter option, name=value (YAML).")
@click.option(
    "--camera",
    "cameras",
    multiple=True,
    help="The policy's camera; given again, one that is watched as well.",
)
@click.option(
    "--together",
    is_flag=True,
    help="The policy sees all cameras at once, in one picture (those of --camera, else all).",
)
@click.option("--dataset", default="", help="Of several in the source, the one to act like.")
@click.option(
    "--size",
    type=click.Choice(["test", "demo", "small"]),
    help="Of the models; default by the number of frames. test: a minute, learns nothing.",
)
@click.option(
    "--horizon-s",
    type=click.FloatRange(min=0, min_open=True),
    help="H in seconds; default 0.6, in whole frames.",
)
@click.option(
    "--look-at",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    help="Recordings that are read for it.",
)
@click.option("--force", is_flag=True, help="Overwrite what this command wrote before.")
def new_env(  # noqa: PLR0917 - click hands options over by name
    name: str,
    path: Path,
    kind: str,
    options: tuple[str, ...],
    cameras: tuple[str, ...],
    together: bool,
    dataset: str,
    size: Size | None,
    horizon_s: float | None,
    look_at: int,
    force: bool,
) -> None:
    """Write an environment for your own robot dataset.

    Reads the LeRobot, RLDS or HDF5 dataset in --from and writes conf/NAME, with the reason of every value beside it.
    `kedro run --env=NAME` then goes from there to an evaluated policy.
    """
    project = project_around(Path.cwd())
    if project is None:
        raise RefusedError(
            f"no project in {Path.cwd()} or above it (expected a pyproject.toml with [tool.kedro]), and an environment "
            "is a folder of its conf: change to your checkout"
        )
    folder = require_free(project / "conf", name, force=force)
    try:
        source = _read(kind or kind_of(path), path, options, look_at)
    except (OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    wishes = Wishes(
        cameras=cameras, together=together, size=size, horizon_s=horizon_s, dataset=dataset
    )
    proposal = propose(name, source, wishes)
    write_files(folder, environment_files(proposal))
    for line in fact_lines(proposal):
        click.echo(line)
    click.echo(
        f"\nH = {proposal.horizon.seconds:g} s ({proposal.horizon.frames} frames), {proposal.image_size} x "
        f"{proposal.image_size} pixels, held out: {proposal.held_out.why}"
    )
    click.echo(f"wrote {folder.relative_to(project)}: read it, then `kedro run --env={name}`")


def _read(kind: str, path: Path, options: tuple[str, ...], look_at: int) -> SourceFacts:
    with Console(stderr=True).status(f"reading {path}") as status:
        return read_source(
            kind,
            path,
            assignments(options),
            at_most=look_at,
            on_recording=lambda count: status.update(f"reading {path}: {count} recordings"),
        )
