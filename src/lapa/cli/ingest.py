"""`lapa ingest KIND SOURCE OUT`: one raw source to a shard set, without a pipeline."""

from __future__ import annotations

import json
from pathlib import Path

import click

from lapa.cli.assignments import assignments
from lapa.cli.inspect import inspect
from lapa.data.ingest import REPORT
from lapa.data.ingest import ingest as write_shards
from lapa.data.remote.cache import RemoteCache
from lapa.params.ingestion import IngestionParams, SourceParams
from lapa.params.remote import RemoteParams


@click.command()
@click.argument("kind")
@click.argument("source")
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--option", "options", multiple=True, help="Adapter option, name=value (YAML).")
@click.option(
    "--set",
    "settings",
    multiple=True,
    help="Ingestion parameter, name=value (YAML), e.g. split.by=time.",
)
@click.option("--horizon", default=1.0, show_default=True, help="Longest horizon, seconds.")
@click.option(
    "--cache", type=click.Path(path_type=Path), help="SOURCE is a URL: folder for its files."
)
@click.option("--skip-bad", is_flag=True, help="Count bad recordings instead of stopping.")
@click.pass_context
def ingest(
    context: click.Context,
    *,
    kind: str,
    source: str,
    out: Path,
    options: tuple[str, ...],
    settings: tuple[str, ...],
    horizon: float,
    cache: Path | None,
    skip_bad: bool,
) -> None:
    """Turn raw recordings into a shard set.

    KIND names the format of SOURCE, a file or folder or its URL: rlds, lerobot, hdf5, video_folder,
    image_folder, video_with_arrays, recorded. OUT becomes the shard set.

    A tenth of the recordings is held out, none of a single one; `--set split.by=time` holds out the
    end of each recording. A source of which nothing is left is an error.

    An interrupted run continues when the same command is given again. Prints the table of
    `lapa inspect`, what adapters noted and how much was skipped; OUT/ingestion_report.json lists
    each skipped recording and why.
    """
    try:
        given = {"max_horizon_s": horizon, "on_bad_sample": "skip" if skip_bad else "raise"}
        params = IngestionParams.model_validate({**given, **assignments(settings)})
        raw = SourceParams(kind=kind, path=source, options=assignments(options))
        kept = RemoteCache(cache, RemoteParams()) if cache else None
        write_shards(sources=[raw], params=params, out=out, cache=kept)
    except (OSError, ValueError, RuntimeError) as error:
        raise click.ClickException(str(error)) from error
    context.invoke(inspect, shards=out, contact_sheet=None, rows=0, seed=0, check=False)
    _print_report(out / REPORT)


def _print_report(file: Path) -> None:
    """Print how many episodes carry which note, and how many recordings were skipped, by reason."""
    report = json.loads(file.read_text())
    for name, facts in report["sources"].items():
        for note, episodes in facts["notes"].items():
            click.echo(f"{name}: {episodes} episodes: {note}")
        if facts["episodes_per_split"].get("val"):
            click.echo(f"{name}: held out {facts['split']}")
        else:
            click.echo(
                f"{name}: nothing held out for validation; split.by=time needs one recording"
            )
    for name, kinds in report["left_out"].items():
        counted = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
        click.echo(f"{name}: no recordings, left out: {counted}")
    skipped = report["skipped"]["counts"]
    reasons = ", ".join(f"{reason} {count}" for reason, count in skipped.items())
    click.echo(
        f"skipped: {sum(skipped.values())}" + (f" ({reasons}), see {file}" if reasons else "")
    )
