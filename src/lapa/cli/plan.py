"""`lapa plan`: data, memory and time that an experiment asks for, before it is queued."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import click
from omegaconf import OmegaConf

from lapa.cli.plan_configuration import configuration_of
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
    help="GiB of a GPU; default as the cluster says, else as a GPU of this machine, if there is one.",
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
    """Print what an experiment needs before it is queued.

    Data, steps, epochs, tokens, memory and time of every stage, and what does not fit each other.

    Reads no data and no weights: sizes are those of the shard sets where they exist, else published ones.
    """
    # torch takes seconds to import; --help should not wait for it
    from lapa.planning.pages import plan_page  # noqa: PLC0415

    try:
        configured = configuration_of(project, env, params)
        alone = configuration_of(project, env, {**params, "cluster": None})
        page = plan_page(
            configured.parameters,
            presets=alone.parameters,
            folder_of=configured.folder_of,
            given_memory=gpu_memory,
            asked=(shards, samples, hours),
        )
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(page)


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
    return FoundationParams(**configuration_of(project, env, given).parameters["foundation"])
