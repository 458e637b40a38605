"""A run that is not begun, and why."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

import click


class RefusedError(click.ClickException, ValueError):
    """What was asked for cannot be; on the command line it is one line, without a traceback."""


def nearest(name: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'?``, or nothing when no known name is near."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else ""
