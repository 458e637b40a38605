"""`lapa ingest KIND SOURCE OUT`: one raw source to a shard set, without a pipeline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import yaml

from lapa.cli.inspect import inspect
from lapa.data.ingest import ingest as write_shards
from lapa.params.ingestion import IngestionParams, SourceParams


@click.command()
@click.argument("kind")
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--option", "options", multiple=True, help="Adapter option, name=value (YAML).")
@click.option("--set", "settings", multiple=True, help="Ingestion parameter, name=value (YAML).")
@click.option("--horizon", default=1.0, show_default=True, help="Longest horizon, seconds.")
@click.option("--skip-bad", is_flag=True, help="Count bad recordings instead of stopping.")
@click.pass_context
def ingest(
    context: click.Context,
    *,
    kind: str,
    source: Path,
    out: Path,
    options: tuple[str, ...],
    settings: tuple[str, ...],
    horizon: float,
    skip_bad: bool,
) -> None:
    """Turn the recordings in SOURCE, of a KIND such as rlds or lerobot, into the shard set OUT.

    An interrupted run continues when the same command is given again. Prints the table of
    `lapa inspect`; what was skipped, and why, is in OUT/ingestion_report.json.
    """
    try:
        given = {"max_horizon_s": horizon, "on_bad_sample": "skip" if skip_bad else "raise"}
        params = IngestionParams.model_validate({**given, **_assignments(settings)})
        raw = SourceParams(kind=kind, path=str(source), options=_assignments(options))
        write_shards(sources=[raw], params=params, out=out)
    except (OSError, ValueError, RuntimeError) as error:
        raise click.ClickException(str(error)) from error
    context.invoke(inspect, shards=out, contact_sheet=None, rows=0, seed=0, check=False)


def _assignments(texts: tuple[str, ...]) -> dict[str, Any]:
    """Parse ``name=value`` arguments; values are YAML."""
    found = {}
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator:
            raise click.BadParameter(f"{text!r} has no '=', expected name=value")
        found[name] = yaml.safe_load(value)
    return found
