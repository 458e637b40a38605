"""How configuration is found and loaded: environments, environment variables, globals by `--params`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from kedro.config import OmegaConfigLoader

from lapa.refused import RefusedError, nearest

_NOT_FOR_ENV = {"local"}
"""Read when no `--env` is given."""


def env(name: str, default: str | None = None) -> str:
    """Value of an environment variable, for `${env:NAME,default}` in configuration.

    Raises:
        ValueError: the variable is unset and there is no default.
    """
    value = os.environ.get(name, default)
    if value is None:
        raise ValueError(f"environment variable {name} is unset; set it or use another --env")
    return value


CONFIG_LOADER_ARGS: dict[str, Any] = {
    "base_env": "base",
    "default_run_env": "local",
    # An environment changes single values; without this it would wipe their siblings.
    "merge_strategy": {"parameters": "soft", "mlflow": "soft", "globals": "soft"},
    "custom_resolvers": {"env": env},
}


class GlobalsFromCommandLine(OmegaConfigLoader):
    """Kedro's loader; `--params=horizon_s=0.2` sets a global, wherever configuration reads it.

    Kedro adds such a value to the parameters, where nobody reads it, and leaves the global as it is.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = self.runtime_params or {}
        known = self._globals  # empty where the environment has no folder, which the run refuses
        if chosen := {name: given[name] for name in known if name in given}:
            self["globals"] = {**known, **chosen}


def require_environment(conf_source: str | Path, env: str | None) -> None:
    """Refuse an environment without a folder; Kedro takes it for an empty one.

    Raises:
        RefusedError: naming the nearest environment and all there are.
    """
    folder = Path(conf_source)
    if not folder.is_dir():  # a packed configuration, or none: Kedro says so itself
        return
    known = sorted(path.name for path in folder.iterdir() if path.is_dir())
    if env and env not in known:
        offered = [name for name in known if name not in _NOT_FOR_ENV]
        raise RefusedError(
            f"no environment {env!r}: {folder / env} is not there{nearest(env, offered)} "
            f"There are: {', '.join(offered)}"
        )
