"""`lapa plan`: memory and speed that a foundation training asks for, before it is queued."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from omegaconf.errors import OmegaConfBaseException

from lapa.cli.project import conf_of
from lapa.config import CONFIG_LOADER_ARGS, GlobalsFromCommandLine, require_environment
from lapa.params.base import OptimizerParams, TrainerParams
from lapa.params.foundation.stage import FoundationParams
from lapa.params.presets import vla_7b


@click.command()
@click.option("--env", default=None, help="Kedro environment whose `foundation` is planned.")
@click.option(
    "--project",
    type=click.Path(path_type=Path, exists=True),
    default=Path(),
    help="Kedro project, with its conf/; default the one around the current folder, else the package's.",
)
@click.option("--shards", type=int, default=None, help="Shards of the training split.")
@click.option("--samples", type=int, default=None, help="Pairs to train on, epochs included.")
@click.option("--hours", type=float, default=None, help="Wall time that should be enough.")
def plan(
    env: str | None, project: Path, shards: int | None, samples: int | None, hours: float | None
) -> None:
    """Print the memory and speed a foundation training needs.

    Without --env, the published recipe: vla_7b on 64 GPUs, 16 x 64 x 4 = 4096 samples per step.
    """
    # torch takes seconds to import; --help should not wait for it
    from lapa.training.foundation.planning import plan_table, plan_training  # noqa: PLC0415

    params = from_environment(project, env) if env else published_recipe()
    try:
        found = plan_training(params)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(plan_table(found, shards=shards, samples=samples, hours=hours))


def published_recipe() -> FoundationParams:
    """The recipe of the paper: 16 per GPU x 64 GPUs x 4 micro-batches = 4096 samples per step."""
    return FoundationParams(
        backend=vla_7b(),
        accumulate=4,
        freeze=("vision",),
        shard=True,
        activation_checkpointing=True,
        optimizer=OptimizerParams(
            learning_rate=1e-5, warmup_steps=2000, betas=(0.9, 0.95), weight_decay=0.1
        ),
        trainer=TrainerParams(
            max_steps=100_000, batch_size=16, devices=4, nodes=16, precision="bf16-mixed"
        ),
    )


def from_environment(project: Path, env: str) -> FoundationParams:
    """Read ``foundation`` of a Kedro environment.

    Raises:
        click.ClickException: no such environment.
    """
    conf = conf_of(project)
    try:
        require_environment(str(conf), env)
        loader = GlobalsFromCommandLine(str(conf), env=env, **CONFIG_LOADER_ARGS)
        values: dict[str, Any] = loader["parameters"]["foundation"]
    except OmegaConfBaseException as error:
        raise click.ClickException(str(error).splitlines()[0]) from error
    return FoundationParams(**values)
