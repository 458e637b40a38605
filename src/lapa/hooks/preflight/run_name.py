"""A run name is a name: it becomes part of every output path."""

from __future__ import annotations

import re
from typing import Any

from lapa.params.reuse import run_as_text
from lapa.refused import RefusedError

RUN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def require_run_name(run: Any) -> None:
    """Refuse a name that could lead anywhere but into a folder of that name.

    Raises:
        RefusedError: it is no name.
    """
    # YAML reads 2026 as a number; true, 1.0 and null would be spelled otherwise in the path
    name = run_as_text(run)
    if not isinstance(name, str) or not RUN_NAME.fullmatch(name):
        raise RefusedError(
            f"run name {run!r} is no name: expected letters, digits, '.', '_' and '-', beginning with a "
            "letter or digit (e.g. --params=run=wider_2); it becomes a folder in every output path"
        )
