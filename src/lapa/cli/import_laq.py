"""`lapa import-laq` and `lapa export-laq`: exchange quantisers with the original project."""

from __future__ import annotations

from pathlib import Path

import click
import torch

from lapa.models.laq.original_checkpoint import (
    from_original,
    infer_config,
    read_original,
    to_original,
)
from lapa.models.laq.storage import load_laq, save_laq

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_NEW = click.Path(path_type=Path)


@click.command("import-laq")
@click.argument("file", type=_FILE)
@click.option("--out", type=_NEW, required=True, help="Folder for model.safetensors, config.json.")
@click.option("--code-seq-len", type=int, help="Codes per pair, where the shapes leave a choice.")
@click.option("--image-size", type=int, help="Pixels per side, where the shapes leave a choice.")
def import_laq(file: Path, out: Path, code_seq_len: int | None, image_size: int | None) -> None:
    """Read the original project's LAQ checkpoint.

    Turns FILE into a folder with model.safetensors and config.json, as training writes it.
    """
    try:
        state = read_original(file)
        inferred = infer_config(state, code_seq_len=code_seq_len, image_size=image_size)
        digest = save_laq(out, from_original(state, inferred.config))
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    config = inferred.config
    click.echo(f"{len(state)} tensors from {file} -> {out}, sha256 {digest[:12]}")
    click.echo(
        f"dim {config.dim}, depth {config.spatial_depth}/{config.temporal_depth}, "
        f"{config.code_seq_len} codes of {config.codebook_size}, {config.image_size} px"
    )
    if inferred.alternatives:
        click.echo(
            f"The shapes fit {', '.join(inferred.alternatives)} as well; choose with "
            "--code-seq-len or --image-size.",
            err=True,
        )


@click.command("export-laq")
@click.argument("folder", type=_FOLDER)
@click.option("--out", type=_NEW, required=True, help="File to write, e.g. laq.pt.")
def export_laq(folder: Path, out: Path) -> None:
    """Write a LAQ checkpoint for the original project.

    The model in FOLDER must have been built with lapa_compat.
    """
    try:
        state = to_original(load_laq(folder))
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    out.parent.mkdir(parents=True, exist_ok=True)
    torch.save(state, out)
    click.echo(f"{len(state)} tensors from {folder} -> {out}")
