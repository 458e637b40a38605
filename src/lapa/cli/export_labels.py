"""`lapa export-labels SHARDS LABELS`: labels for other projects to read."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from lapa.data.export.labels import write_jsonl, write_labeled_shards
from lapa.data.export.lerobot.dataset import export_lerobot
from lapa.data.shards.summary import find_shard_set
from lapa.records import LabelSet, ShardSet


@click.command()
@click.argument("shards", type=click.Path(path_type=Path))
@click.argument("labels", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["shards", "jsonl", "lerobot"]),
    required=True,
    help="Self-contained tars, the original's lines beside JPEGs, or LeRobot v3.0 with a column of codes.",
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to write to.")
@click.option("--split", "splits", multiple=True, help="Splits; default all.")
@click.option("--dataset", default="", help="LeRobot: which one, if there are several.")
@click.option(
    "--quality",
    type=click.Choice(["lossless", "compact"]),
    default="lossless",
    show_default=True,
    help="LeRobot video: the shard's pixels exactly, or several times smaller.",
)
def export_labels(
    shards: Path,
    labels: Path,
    form: str,
    out: Path,
    *,
    splits: tuple[str, ...],
    dataset: str,
    quality: Literal["lossless", "compact"],
) -> None:
    """Write labels as shards, JSONL lines or a LeRobot dataset.

    LABELS is the folder of a label set, SHARDS that of the shard set it was made from.
    """
    try:
        shard_set = find_shard_set(shards)
        label_set = LabelSet.read(labels).model_copy(update={"path": str(labels)})
        if form == "lerobot":
            chosen = splits or None
            export_lerobot(
                shard_set, out, dataset=dataset, splits=chosen, quality=quality, labels=label_set
            )
        else:
            _write_splits(shard_set, label_set, form, out, splits)
    except (OSError, ValueError, KeyError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{form}: {out}")


def _write_splits(
    shards: ShardSet, labels: LabelSet, form: str, out: Path, splits: tuple[str, ...]
) -> None:
    write = write_jsonl if form == "jsonl" else write_labeled_shards
    for split in splits or sorted(shards.splits):
        write(shards, labels, out, split=split)
