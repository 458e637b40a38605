"""`lapa jobs`: the Slurm jobs of an experiment, with headers that follow from its parameters."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from lapa.cli.plan import split_params
from lapa.cli.plan_configuration import configuration_of
from lapa.planning.job_shape import CHAIN
from lapa.planning.jobs import jobs_of
from lapa.planning.sbatch_options import Asked


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("run")
@click.option("--env", "-e", default=None, help="Kedro environment; default that of `kedro run`.")
@click.option("--params", multiple=True, help="As of `kedro run`; may be given more than once.")
@click.option(
    "--pipelines",
    "jobs",
    multiple=True,
    default=CHAIN,
    help="A job that runs these, joined by commas; once for each job. Default: the whole experiment, a job a stage.",
)
@click.option("--partition", help="Of all jobs; default as the cluster's preset says.")
@click.option("--qos", help="Quality of service of all jobs; default as the preset says.")
@click.option("--cpu-partition", help="Of jobs without GPUs, in place of --partition.")
@click.option("--cpu-qos", help="Of jobs without GPUs, in place of --qos.")
@click.option("--account", help="Whose time it is.")
@click.option("--time", help="Wall time of each job: 24:00:00.")
@click.option("--gpus", type=int, help="GPUs a node that parameters are expected to use.")
@click.option(
    "--container", help="Image in which the jobs run (pyxis): a .sqsh file or an address."
)
@click.option("--mounts", help="More folders for the container: SRC:DST,…")
@click.option(
    "--array",
    type=click.IntRange(min=1),
    help="Ingestion and labelling each as an array of so many jobs, a part each, and one that merges them.",
)
@click.argument("kedro_options", nargs=-1, type=click.UNPROCESSED)
def jobs(
    run: str,
    env: str | None,
    params: Sequence[str],
    jobs: Sequence[str],
    kedro_options: Sequence[str],
    **asked: Any,
) -> None:
    """Print sbatch's arguments for every job of a run.

    A line each, which `slurm/submit.sh` hands over.

    What is not known here goes to `kedro run` as it is.
    """
    given = ",".join([f"run={run}", *params])
    configured = configuration_of(Path(), env, split_params(given))
    passed = [*([f"--env={env}"] if env else []), f"--params={given}", *kedro_options]
    for line in _lines(jobs, configured.parameters, Asked(**asked), passed):
        click.echo(line)


def _lines(
    pipelines: Sequence[str], parameters: Any, asked: Asked, passed: Sequence[str]
) -> Iterator[str]:
    for job in jobs_of(pipelines, parameters, asked):
        yield shlex.join([*job.options, job.template, job.pipelines, *passed, *job.passed])
