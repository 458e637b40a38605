"""What a page says about the run it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class RunFacts:
    """Facts that whoever starts an evaluation knows and the artefacts do not."""

    run: str = UNKNOWN
    """Name of the run: part of every output path."""
    environment: str = UNKNOWN
    """Configuration environment."""
    command: str = UNKNOWN
    """As it was typed."""
    commit: str = UNKNOWN
    """Git commit of the code."""
    date: str = UNKNOWN
    """When the page was written, ISO 8601 with the time zone."""
    seed: int | None = None

    @property
    def line(self) -> str:
        """The run in one line."""
        return f"run {self.run}, environment {self.environment}, {self.date}"
