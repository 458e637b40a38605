"""`lapa export-labels SHARDS LABELS`: labels for other projects to read."""

from __future__ import annotations

from pathlib import Path

import click

from lapa.data.export.labels import write_jsonl, write_labeled_shards
from lapa.data.shards.summary import find_shard_set
from lapa.records import LabelSet


@click.command()
@click.argument("shards", type=click.Path(path_type=Path))
@click.argument("labels", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["shards", "jsonl"]),
    required=True,
    help="Self-contained tars, or the original's lines beside JPEGs.",
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to write to.")
@click.option("--split", "splits", multiple=True, help="Splits; default all.")
def export_labels(
    shards: Path, labels: Path, form: str, out: Path, splits: tuple[str, ...]
) -> None:
    """Write labels as shards or the original's JSONL.

    LABELS is the folder of a label set, SHARDS that of the shard set it was made from.
    """
    try:
        shard_set = find_shard_set(shards)
        label_set = LabelSet.read(labels).model_copy(update={"path": str(labels)})
        write = write_jsonl if form == "jsonl" else write_labeled_shards
        for split in splits or sorted(shard_set.splits):
            write(shard_set, label_set, out, split=split)
    except (OSError, ValueError, KeyError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{form}: {out}")
