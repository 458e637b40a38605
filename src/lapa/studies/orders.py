"""A run that a study asks for: an ordinary `lapa run`, as data that can be handed to another process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lapa.params.reuse import REUSE
from lapa.records import CellKey
from lapa.studies.parameters import laid_over

DATA, QUANTIZER, UPSTREAM, PRETRAINING, POLICY = "data", "laq", "upstream", "foundation", "policy"
"""Parts of a study, in the order in which they are made; four of them are also parts of `CellResult.runs`."""
SHOWN_DIGITS = 8
"""Of a digest, in the name of a run."""


@dataclass(frozen=True, kw_only=True)
class RunOrder:
    """One run of the project's pipelines up to ``outputs``."""

    name: str
    part: str
    """`DATA`, `QUANTIZER`, `UPSTREAM`, `PRETRAINING` or `POLICY`."""
    arm: str = ""
    """Empty where the run belongs to no arm."""
    env: str | None
    given: Mapping[str, Any]
    """Parameters, nested."""
    reads: Mapping[str, str] = field(default_factory=dict)
    """Part of the catalog -> the run that it is taken from (`lapa.params.reuse`)."""
    outputs: tuple[str, ...]
    """Datasets: they are there when the run is done."""
    after: tuple[str, ...] = ()
    """Names of runs that must be done before."""

    @property
    def kind(self) -> str:
        """Runs of one kind take about the same time."""
        return f"{self.arm} {self.part}".strip()

    @property
    def parameters(self) -> dict[str, Any]:
        """What `--params` would say."""
        return laid_over(self.given, {"run": self.name, REUSE: dict(self.reads)})


@dataclass(frozen=True, kw_only=True)
class CellOrder(RunOrder):
    """The run of a cell; in the end its result is written."""

    study: str
    key: CellKey
    asked: str
    """Digest of everything that decides the cell."""
    runs: Mapping[str, str]
    """Part -> the run that made it, this one included."""
    upstream: Path | None
    """Report about the quantiser, where it is measured."""
    result: Path
    """File of the result."""


def run_name(label: str, digest: str) -> str:
    """A readable name that no run of other parameters has."""
    return f"{label}-{digest[:SHOWN_DIGITS]}"
