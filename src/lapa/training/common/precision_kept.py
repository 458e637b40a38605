"""What `precision: auto` has decided for a training, in a file: one that goes on does not decide again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from lapa.folders.whole_file import write_whole
from lapa.params.base import Precision

DECIDED = "precision.json"
"""File of the decision in the folder of a training."""


@dataclass(frozen=True)
class Decision:
    """What was chosen, and why."""

    precision: Precision
    seconds: dict[str, float] = field(default_factory=dict)
    """Of the processor, for a training step, by precision; empty where nothing was measured."""

    def __str__(self) -> str:
        """For the log."""
        if not self.seconds:
            return f"{self.precision}, as this GPU computes"
        times = ", ".join(f"{value:.3g} s in {name}" for name, value in self.seconds.items())
        return f"{self.precision}: a step takes {times} of the processor"

    def write(self, file: Path) -> None:
        """Write it whole or not at all."""
        write_whole(file, json.dumps(asdict(self)))

    @classmethod
    def first_of(cls, *files: Path) -> Self | None:
        """What the first of the files that exists says; None where none does."""
        there = [file for file in files if file.is_file()]
        return cls(**json.loads(there[0].read_text())) if there else None
