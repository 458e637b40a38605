"""An environment is a folder beside `base`; a name without one is refused."""

from __future__ import annotations

from pathlib import Path

from lapa.config.presets import PRESETS
from lapa.refused import RefusedError, alternatives

_UNNAMED = {"local"}
"""Read when no `--env` is given."""


def require_environment(conf_source: str | Path, env: str | None) -> None:
    """Refuse an environment without a folder; Kedro takes it for an empty one.

    Raises:
        RefusedError: naming the nearest environment and all there are.
    """
    folder = Path(conf_source)
    if not folder.is_dir():  # a packed configuration, or none: Kedro says so itself
        return
    known = sorted(p.name for p in folder.iterdir() if p.is_dir() and p.name != PRESETS)
    if env and env not in known:
        offered = [name for name in known if name not in _UNNAMED]
        raise RefusedError(
            f"no environment {env!r}: {folder / env} is not one{alternatives(env, offered)}"
        )
