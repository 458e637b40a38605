"""The configuration that is planned: read without what only a run needs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from kedro.config import MissingConfigException
from omegaconf.errors import OmegaConfBaseException

from lapa.cli.project import conf_of, project_around
from lapa.config import CONFIG_LOADER_ARGS, ConfigLoader, require_environment
from lapa.config.loader import place

SHARDS = "{dataset}.clip_shards"
"""Entry of the catalog that says where shard sets lie."""


@dataclass(frozen=True)
class Configuration:
    """Parameters of an environment, and the folders of its shard sets."""

    parameters: Mapping[str, Any]
    shards: str | None
    """Path of a shard set with ``{dataset}`` in it; None where no catalog says."""

    def folder_of(self, dataset: str) -> Path | None:
        """Where the shard set of a dataset is or would be."""
        return None if self.shards is None else Path(self.shards.replace("{dataset}", dataset))


def configuration_of(
    project: Path, env: str | None, given: Mapping[str, Any] | None = None
) -> Configuration:
    """Read a Kedro environment, presets and all; unset variables stay as names, for nothing is opened.

    Args:
        project: folder in or below the project.
        env: environment; None is that of `kedro run`.
        given: what `--params` would say.

    Raises:
        click.ClickException: no such environment or preset, or a value that cannot be read.
    """
    conf = conf_of(project)
    require_environment(str(conf), env)
    resolvers = {**CONFIG_LOADER_ARGS["custom_resolvers"], "env": _variable}
    arguments = {**CONFIG_LOADER_ARGS, "custom_resolvers": resolvers}
    try:
        loader = ConfigLoader(str(conf), env=env, runtime_params=dict(given or {}), **arguments)
        parameters = loader["parameters"]
        shards = _shards(loader, project_around(project) or Path())
    except OmegaConfBaseException as error:
        raise click.ClickException(str(error).splitlines()[0]) from error
    return Configuration(parameters, shards)


def _variable(name: str, default: Any = None) -> Any:
    return os.environ.get(name, place(name) if default is None else default)


def _shards(loader: ConfigLoader, root: Path) -> str | None:
    try:
        entry = loader["catalog"].get(SHARDS)
    except MissingConfigException:
        return None
    return str(root / entry["filepath"]) if entry else None
