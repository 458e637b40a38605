"""The one configuration resolver we add: environment variables."""

from __future__ import annotations

import os


def env(name: str, default: str | None = None) -> str:
    """Value of an environment variable, for `${env:NAME,default}` in configuration.

    Raises:
        ValueError: the variable is unset and there is no default.
    """
    value = os.environ.get(name, default)
    if value is None:
        raise ValueError(f"environment variable {name} is unset; set it or use another --env")
    return value
