"""The one place that runs analyses: what cannot be made is listed with its reason, the rest goes on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Literal, TypeVar

log = logging.getLogger(__name__)
T = TypeVar("T")

OnError = Literal["report", "raise"]


class CannotMeasureError(ValueError):
    """The data does not allow an analysis; the message completes "not measured, because …"."""


class Analyses:
    """Runs analyses one by one and keeps why some could not be made.

    Args:
        on_error: an unforeseen exception is logged and listed (``report``), or let through
            (``raise``), so that a programming error fails a test.
    """

    def __init__(self, *, on_error: OnError = "report") -> None:
        self._on_error = on_error
        self.not_measured: dict[str, str] = {}
        """Analysis -> why it could not be made."""

    def run(self, name: str, analysis: Callable[[], T]) -> T | None:
        """Return what ``analysis`` returns; None if it could not be made.

        Args:
            name: of the analysis, as the report names it.
            analysis: called without arguments; `CannotMeasureError` is its way to decline.

        Raises:
            Exception: whatever else ``analysis`` raises, with ``on_error="raise"``.
        """
        try:
            return analysis()
        except CannotMeasureError as error:
            self.skip(name, str(error))
        except Exception as error:
            if self._on_error == "raise":
                raise
            log.exception("not measured: %s", name)
            self.skip(name, f"{type(error).__name__}: {error}")
        return None

    def skip(self, name: str, reason: str) -> None:
        """List ``name`` as not measured."""
        self.not_measured[name] = reason
