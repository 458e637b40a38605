"""How configuration is loaded: environment variables by name, and globals that the command line may set."""

from __future__ import annotations

import os
from typing import Any

from kedro.config import OmegaConfigLoader


def env(name: str, default: str | None = None) -> str:
    """Value of an environment variable, for `${env:NAME,default}` in configuration.

    Raises:
        ValueError: the variable is unset and there is no default.
    """
    value = os.environ.get(name, default)
    if value is None:
        raise ValueError(f"environment variable {name} is unset; set it or use another --env")
    return value


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
