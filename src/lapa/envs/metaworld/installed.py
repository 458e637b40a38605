"""MetaWorld where it is installed, and the line that installs it where it is not."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from lapa.refused import RefusedError

INSTALL = "pip install 'lapa[metaworld]'"


def import_metaworld(module: str = "metaworld") -> Any:
    """Import MetaWorld, or one of its modules.

    Raises:
        RefusedError: it is not installed, or not whole.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise RefusedError(
            f"the simulator `metaworld` needs the package metaworld ({error}): {INSTALL}, in an environment of "
            "its own, for it wants mujoco 3.3.0 exactly (docs/metaworld.md)"
        ) from error
