"""`lapa analyse CHECKPOINT SHARDS`: what a quantiser's latent actions mean, without a run."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from lapa.cli.analysed_text import show
from lapa.cli.assignments import assignments
from lapa.cli.measured_quantizer import measured_quantizer
from lapa.data.shards.summary import find_shard_set
from lapa.datasets.publish import publish, require_ours
from lapa.evaluation.report.analyse import analyse_codes
from lapa.evaluation.report.run_facts import UNKNOWN
from lapa.params.evaluation import EvaluationParams
from lapa.pipelines.run_facts import current_run

FOLDER = click.Path(file_okay=False, path_type=Path)
REPORTS = Path("data/08_reporting/analyses")
FLOW_CACHE = "data/05_model_input/flow"
"""Where the pipelines keep the motion of pairs too (`conf/base/parameters/evaluation.yml`)."""
DEFAULTS: dict[str, Any] = {"rollout": None, "flow": {"cache": FLOW_CACHE}}
"""Any shards: no simulator is known to look like them."""


@click.command()
@click.argument("checkpoint", type=FOLDER)
@click.argument("shards", type=FOLDER)
@click.option("--control", type=FOLDER, help="An untrained quantiser for the same pairs.")
@click.option("--split", default="val", show_default=True, help="Whose episodes are measured.")
@click.option("--datasets", default="", help="Names, with commas between; default all.")
@click.option(
    "--where",
    multiple=True,
    metavar="COLUMN=TEXT",
    help="Only pairs of this dataset, environment or instruction; again for one more.",
)
@click.option("--samples", type=click.IntRange(min=1), help="Pairs at most; default 4000.")
@click.option(
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help="Of `evaluation`, e.g. flow.camera.",
)
@click.option(
    "--horizon-s",
    type=click.FloatRange(min=0, min_open=True),
    help="H of a quantiser without record.",
)
@click.option("--npz", type=FOLDER, help="Folder for one .npz a pair, as LARYBench reads them.")
@click.option("--out", type=FOLDER, help=f"Folder of the report; default below {REPORTS}.")
def analyse(
    *,
    checkpoint: Path,
    shards: Path,
    control: Path | None,
    split: str,
    datasets: str,
    where: tuple[str, ...],
    samples: int | None,
    params: tuple[str, ...],
    horizon_s: float | None,
    npz: Path | None,
    out: Path | None,
) -> None:
    """Measure what latent actions mean.

    Every analysis that the data allows, of the quantiser in CHECKPOINT on the shard set in SHARDS, with or
    without action labels; prints what it says and where the page is.
    """
    target = out or REPORTS / f"{checkpoint.resolve().name}-on-{shards.resolve().name}"
    work = target.with_name(f".{target.name}.partial")
    try:
        settings = _params(split, datasets, where, samples, params)
        shard_set = find_shard_set(shards)
        shard_set.split(split)
        laq = measured_quantizer(checkpoint, shard_set, horizon_s=horizon_s)
        untrained = None
        if control is not None:
            untrained = measured_quantizer(control, shard_set, horizon_s=horizon_s)
        require_ours(target)
        shutil.rmtree(work, ignore_errors=True)
        analysed = analyse_codes(
            shards=shard_set,
            laq=laq,
            control=untrained,
            params=settings,
            out=work,
            facts=replace(current_run(target.name, seed=settings.seed), environment=UNKNOWN),
            npz=npz,
        )
        publish(analysed.report.model_copy(update={"path": str(target)}), work, target)
    except click.ClickException:
        raise
    except (OSError, ValueError, KeyError) as error:
        text = error.args[0] if isinstance(error, KeyError) else error
        raise click.ClickException(str(text)) from error
    show(analysed, target)


def _params(
    split: str,
    datasets: str,
    where: tuple[str, ...],
    samples: int | None,
    params: tuple[str, ...],
) -> EvaluationParams:
    """The options as parameters of the evaluation."""
    values = _merged(DEFAULTS, assignments(params))
    values["split"] = split
    wanted: dict[str, list[str]] = {}
    for text in where:
        column, equals, value = text.partition("=")
        if not equals:
            raise click.BadParameter(
                f"{text!r} has no '=', expected COLUMN=TEXT", param_hint="--where"
            )
        wanted.setdefault(column.strip(), []).append(value)
    if names := [name.strip() for name in datasets.split(",") if name.strip()]:
        wanted.setdefault("dataset", []).extend(names)
    values = _merged(values, {"where": wanted} if wanted else {})
    if samples is not None:
        values = _merged(values, {"probe": {"max_samples": samples}})
    return EvaluationParams.model_validate(values)


def _merged(values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """``changes`` over ``values``, groups by group."""
    merged = dict(values)
    for name, change in changes.items():
        below = merged.get(name)
        both = isinstance(below, dict) and isinstance(change, dict)
        merged[name] = _merged(below, change) if both else change  # type: ignore[arg-type]
    return merged
