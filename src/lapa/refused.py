"""A run that is not begun, and why."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

import click


class RefusedError(click.ClickException, ValueError):
    """What was asked for cannot be; on the command line it is one line, without a traceback."""


def alternatives(name: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'? There are: x, y``, or ``. There are: x, y`` when no known name is near."""
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f"{f'; did you mean {close[0]!r}?' if close else '.'} There are: {', '.join(names)}"
