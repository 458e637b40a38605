"""What a test did on purpose, and what came of it: a row of the table that `benchmarks/faults.py` prints."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass

PROPERTY = "fault"
"""Of a test's result (JUnit XML): a row as JSON; a test may have several."""
RAISED = "1 *"
"""Exit code of an error that the test caught in its own process."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One fault."""

    fault: str
    happened: str
    code: str
    """As a shell shows it; empty where the process goes on."""
    intact: str


class Faults:
    """Where a test tells its faults, once it has checked them."""

    def __init__(self, record: Callable[[str, object], None]) -> None:
        self._record = record

    def tell(self, fault: str, *, happened: str, intact: str, code: int | str = "") -> None:
        """Add a row; a negative ``code`` is that of a process that a signal ended."""
        shown = str(128 - code) if isinstance(code, int) and code < 0 else str(code)
        row = Row(fault=fault, happened=happened, code=shown, intact=intact)
        self._record(PROPERTY, json.dumps(asdict(row)))
