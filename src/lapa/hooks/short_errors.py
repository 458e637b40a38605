"""An error that we raised says what to do: on the command line it needs no traceback."""

from __future__ import annotations

import linecache
import os
import traceback
from collections.abc import Iterator
from pathlib import Path

import click
from kedro.framework.hooks import hook_impl
from kedro.io import DatasetError

import lapa

FULL_TRACEBACK = "LAPA_TRACEBACK"
"""Set this environment variable to anything to see where an error came from."""
_OURS = str(Path(lapa.__file__).parent)
_SPOKEN = (ValueError, RuntimeError, OSError, DatasetError)
_SAID = "lapa_said"
"""Attribute of an error that keeps the message where it crosses processes, which the traceback does not."""


class ShortErrorsHook:
    """Turns a spoken error into one message at the end of `kedro run`; any other keeps its traceback."""

    @hook_impl
    def on_node_error(self, error: Exception) -> None:
        """Keep the message with the error: the node may have run in a process of its own."""
        if (message := _spoken(error)) is not None:
            setattr(error, _SAID, message)

    @hook_impl(trylast=True)
    def on_pipeline_error(self, error: Exception) -> None:
        """Raise the message alone.

        Raises:
            click.ClickException: the error, or what caused it, was raised on purpose by lapa.
        """
        if click.get_current_context(silent=True) is None or os.environ.get(FULL_TRACEBACK):
            return
        message = getattr(error, _SAID, None) or _spoken(error)
        if message is not None:
            raise click.ClickException(message) from error


def _spoken(error: Exception) -> str | None:
    """The message that was raised on purpose; None for any other error."""
    for cause in _chain(error):
        if isinstance(cause, _SPOKEN) and _raised_by_us(cause):
            return str(cause)
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _raised_by_us(error: BaseException) -> bool:
    """Whether a `raise` of ours made it; a failed `int(text)` in our code is a bug and stays long."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames or not frames[-1].filename.startswith(_OURS):
        return False
    last = frames[-1]
    return linecache.getline(last.filename, last.lineno or 0).lstrip().startswith("raise ")
