"""`lapa export-shards SHARDS`: a shard set as a LeRobot dataset or as pair shards."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from lapa.data.export.lerobot.dataset import export_lerobot
from lapa.data.export.pairs import export_pairs
from lapa.data.shards.summary import find_shard_set
from lapa.records import PairSpec, ShardSet


@click.command()
@click.argument("shards", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["lerobot", "pairs"]),
    required=True,
    help="LeRobot v3.0, or two JPEGs per pair.",
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to make.")
@click.option("--dataset", default="", help="One dataset; needed for LeRobot if there are several.")
@click.option("--split", "splits", multiple=True, help="Splits, in this order; default all.")
@click.option(
    "--quality",
    type=click.Choice(["lossless", "compact"]),
    default="lossless",
    show_default=True,
    help="LeRobot video: the shard's pixels exactly, or several times smaller.",
)
@click.option("--horizon-s", type=float, help="Pairs: H in seconds; default the longest possible.")
@click.option("--min-motion", default=0.0, show_default=True, help="Pairs: drop more static ones.")
def export_shards(
    shards: Path,
    form: str,
    out: Path,
    dataset: str,
    *,
    splits: tuple[str, ...],
    quality: Literal["lossless", "compact"],
    horizon_s: float | None,
    min_motion: float,
) -> None:
    """Write a shard set as LeRobot v3.0 or pair shards.

    SHARDS is the folder of a complete shard set; the export appears in OUT when it is complete.
    """
    try:
        shard_set = find_shard_set(shards)
        chosen = splits or None
        if form == "lerobot":
            export_lerobot(shard_set, out, dataset=dataset, splits=chosen, quality=quality)
        else:
            spec = _pair_spec(shard_set, horizon_s, min_motion)
            datasets = (dataset,) if dataset else None
            export_pairs(shard_set, out, spec=spec, splits=chosen, datasets=datasets)
    except (OSError, ValueError, KeyError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{form}: {out}")


def _pair_spec(shard_set: ShardSet, horizon_s: float | None, min_motion: float) -> PairSpec:
    horizon = shard_set.max_horizon_s if horizon_s is None else horizon_s
    return PairSpec(horizon_s=horizon, min_motion=min_motion)
