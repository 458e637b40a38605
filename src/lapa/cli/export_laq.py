"""`lapa export-laq`: a quantizer for the original project."""

from __future__ import annotations

from pathlib import Path

import click

from lapa.folders.full_disk import DiskFullError
from lapa.models.laq import load_laq
from lapa.models.laq.original_checkpoint import to_original
from lapa.training.common.checkpoints import save_atomically


@click.command("export-laq")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="File to write, e.g. laq.pt."
)
def export_laq(folder: Path, out: Path) -> None:
    """Write a LAQ checkpoint for the original project.

    The model in FOLDER must have been built with lapa_compat, or imported.
    """
    try:
        state = to_original(load_laq(folder))
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    try:
        save_atomically(state, out)
    except DiskFullError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{len(state)} tensors from {folder} -> {out}")
