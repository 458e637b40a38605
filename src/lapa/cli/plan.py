"""`lapa plan`: memory and speed that a foundation training asks for, before it is queued."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import click
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from lapa.cli.project import conf_of
from lapa.config import CONFIG_LOADER_ARGS, ConfigLoader, require_environment
from lapa.params.foundation.stage import FoundationParams

PUBLISHED = "vla_7b"
"""The environment that is planned when none is named: the recipe of the paper."""


@click.command()
@click.option(
    "--env",
    default=PUBLISHED,
    help=f"Kedro environment to plan; default {PUBLISHED}, as published.",
)
@click.option(
    "--params",
    default="",
    callback=lambda _context, _option, text: split_params(text),
    help="As of `kedro run`: cluster=lrz_h100,foundation.preset=action_tokens_2b,…",
)
@click.option(
    "--project",
    type=click.Path(path_type=Path, exists=True),
    default=Path(),
    help="Kedro project, with its conf/; default the one around the current folder, else the package's.",
)
@click.option(
    "--gpu-memory",
    type=float,
    default=None,
    help="GiB that a GPU of the cluster has; default as a GPU of this machine, if there is one.",
)
@click.option("--shards", type=int, default=None, help="Shards of the training split.")
@click.option("--samples", type=int, default=None, help="Pairs to train on, epochs included.")
@click.option("--hours", type=float, default=None, help="Wall time that should be enough.")
def plan(  # noqa: PLR0917 - click hands options over by name
    env: str,
    params: dict[str, Any],
    project: Path,
    gpu_memory: float | None,
    shards: int | None,
    samples: int | None,
    hours: float | None,
) -> None:
    """Print the memory and speed a foundation training needs.

    Without options, the published recipe: 16 samples x 64 GPUs x 4 = 4096 per step.
    """
    # torch takes seconds to import; --help should not wait for it
    from lapa.training.foundation import planning  # noqa: PLC0415

    try:
        planned = planning.plan_training(foundation_of(project, env, params))
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(planning.plan_table(planned, shards=shards, samples=samples, hours=hours))
    available = planning.gpu_memory() if gpu_memory is None else int(gpu_memory * planning.GIB)
    if available is not None and planned.total > available:
        click.echo(planning.too_large(planned, available))


def split_params(text: str) -> dict[str, Any]:
    """Read ``a.b=1,c=x`` as `kedro run --params` does.

    Raises:
        click.BadParameter: a part is no ``name=value``.
    """
    parts = [part for part in text.split(",") if part]
    for part in parts:
        if not part.partition("=")[0].strip() or "=" not in part:
            raise click.BadParameter(f"{part!r} is no name=value, e.g. cluster=lrz_h100")
    return cast(dict[str, Any], OmegaConf.to_container(OmegaConf.from_dotlist(parts)))


def foundation_of(project: Path, env: str, given: dict[str, Any] | None = None) -> FoundationParams:
    """Read ``foundation`` of a Kedro environment, presets and all.

    Args:
        project: folder in or below the project.
        env: environment.
        given: what `--params` would say.

    Raises:
        click.ClickException: no such environment or preset, or a value that cannot be read.
        ValueError: a value that the section refuses.
    """
    conf = conf_of(project)
    require_environment(str(conf), env)
    try:
        loader = ConfigLoader(str(conf), env=env, runtime_params=given, **CONFIG_LOADER_ARGS)
        values: dict[str, Any] = loader["parameters"]["foundation"]
    except OmegaConfBaseException as error:
        raise click.ClickException(str(error).splitlines()[0]) from error
    return FoundationParams(**values)
