"""`lapa inspect SHARDS`: what a shard set holds, how it looks, whether a byte has changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console
from rich.table import Table

from lapa.data.remote.cache import RemoteCache
from lapa.data.shards.contact_sheet import save_contact_sheet
from lapa.data.shards.linked import link_shard_set
from lapa.data.shards.summary import DatasetSummary, find_shard_set, summarize
from lapa.data.shards.verify import verify
from lapa.params.remote import RemoteParams, is_url
from lapa.records import ShardSet
from lapa.refused import RefusedError


@click.command()
@click.argument("shards")
@click.option(
    "--contact-sheet", type=click.Path(path_type=Path), help="Write a PNG of random clips."
)
@click.option("--rows", default=12, show_default=True, help="Clips on the contact sheet.")
@click.option("--seed", default=0, show_default=True, help="Which clips the sheet shows.")
@click.option(
    "--cache", type=click.Path(path_type=Path), help="SHARDS is a URL: folder for its files."
)
@click.option("--verify", "check", is_flag=True, help="Re-hash every member; exit 1 on damage.")
def inspect(
    shards: str | Path,
    contact_sheet: Path | None,
    rows: int,
    seed: int,
    *,
    cache: Path | None = None,
    check: bool,
) -> None:
    """Show what a shard set holds, and check it.

    Prints episodes, frames, rates and action ranges of the shard set in folder SHARDS, or at that URL:
    there record, indices and the tars that are looked into come into the cache.
    """
    try:
        with _found(str(shards), cache) as shard_set:
            if check:
                _verify(shard_set)
            _print(shard_set, str(shards))
            if contact_sheet:
                save_contact_sheet(shard_set, contact_sheet, rows=rows, seed=seed)
                click.echo(f"contact sheet: {contact_sheet}")
    except (OSError, ValueError, RefusedError) as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def _found(shards: str, cache: Path | None) -> Iterator[ShardSet]:
    if not is_url(shards):
        yield find_shard_set(Path(shards))
        return
    if cache is None:
        raise click.UsageError(f"{shards} is a URL: give a folder for its files, --cache FOLDER")
    with TemporaryDirectory() as folder:
        linked = link_shard_set(shards, Path(folder), RemoteCache(cache, RemoteParams()))
        yield linked


def _verify(shard_set: ShardSet) -> None:
    damages = verify(shard_set)
    for damage in damages:
        click.echo(f"damaged: {damage}", err=True)
    if damages:
        raise click.ClickException(f"{len(damages)} damages in {shard_set.path}; ingest it again")
    shards = sum(len(split.shards) for split in shard_set.splits.values())
    click.echo(f"verified: every member of {shards} shards is as it was written")


def _print(shard_set: ShardSet, place: str) -> None:
    console = Console(width=None if Console().is_terminal else 140)
    summaries = summarize(shard_set)
    console.print(
        f"{place}: {shard_set.image_size}x{shard_set.image_size} pixels, JPEG quality "
        f"{shard_set.codec.jpeg_quality}, horizons up to {shard_set.max_horizon_s:g} s, "
        f"digest {shard_set.digest[:12]}",
        highlight=False,
    )
    console.print(_datasets(summaries))
    if any(summary.actions for summary in summaries):
        console.print(_actions(summaries))


def _datasets(summaries: list[DatasetSummary]) -> Table:
    names = ("split", "dataset", "episodes", "clips", "frames", "hours", "fps", "environments")
    table = Table(*names, "instructions", "MB")
    for row in summaries:
        rates = ", ".join(f"{rate:g}" for rate in row.fps)
        counts = (row.episodes, row.clips, row.frames)
        texts = (f"{row.hours:.3f}", rates, str(row.environments), str(row.instructions))
        table.add_row(row.split, row.dataset, *map(str, counts), *texts, f"{row.bytes / 1e6:.2f}")
    return table


def _actions(summaries: list[DatasetSummary]) -> Table:
    table = Table("split", "dataset", "action", "unit", "minimum", "mean", "maximum")
    for row in summaries:
        for dim in row.actions:
            values = (f"{value:.4g}" for value in (dim.minimum, dim.mean, dim.maximum))
            table.add_row(row.split, row.dataset, dim.name, dim.unit or "unknown", *values)
    return table
