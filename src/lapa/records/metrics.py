"""One measured number."""

from __future__ import annotations

from lapa.records.base import Record


class Metric(Record):
    """One measured number, with what is needed to believe it."""

    name: str
    value: float
    low: float | None = None
    """Lower end of the 95 % interval."""
    high: float | None = None
    n: int | None = None
    """Independent samples behind the value."""
