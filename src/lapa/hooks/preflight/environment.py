"""The environment that was asked for must be a folder of the configuration."""

from __future__ import annotations

from pathlib import Path

from lapa.hooks.refused import RefusedError, nearest

_NOT_FOR_ENV = {"local"}
"""Read when no `--env` is given."""


def require_environment(conf_source: str, env: str | None) -> None:
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
