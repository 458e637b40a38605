"""A run that a study asks for: an ordinary `lapa run`, as data that can be handed to another process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kedro.io import DataCatalog

from lapa.params.reuse import REUSE
from lapa.records import CellKey
from lapa.studies.configuration import ARMS, Configuration
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
    """Its own name; empty where the run belongs to no arm."""
    chosen: str = ""
    """What chooses that arm: its name, or its import path."""
    configuration: Configuration
    """Of a cell that the run belongs to; what decides the run is the same for all of them."""
    own: Mapping[str, Any]
    """What that cell alone gives, dotted."""
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
        place = {"run": self.name, REUSE: dict(self.reads)}
        arms = {ARMS: [self.chosen]} if self.arm else {}
        return laid_over(self.configuration.given, self.own, arms, place)

    @property
    def scratch(self) -> Path:
        """Folder below the scratch root of all runs."""
        return self.configuration.work / self.name

    @property
    def catalog(self) -> DataCatalog:
        """Where its artefacts lie, and those that it takes from other runs."""
        return self.configuration.catalog(self.name, self.reads)

    @property
    def is_made(self) -> bool:
        """Whether all its artefacts are there."""
        catalog = self.catalog
        return all(catalog.exists(name) for name in self.outputs)


@dataclass(frozen=True, kw_only=True)
class CellOrder(RunOrder):
    """The run of a cell; in the end its result is written."""

    study: str
    key: CellKey
    asked: str
    """Digest of everything that decides the cell."""
    runs: Mapping[str, str]
    """Part -> the run that made it, this one included."""
    quantizer: str
    """Its name in the report about it; empty where the arm has none."""
    upstream: RunOrder | None
    """The run that measured the quantiser, if one did."""
    result: Path
    """File of the result."""


def run_name(label: str, digest: str) -> str:
    """A readable name that no run of other parameters has."""
    return f"{label}-{digest[:SHOWN_DIGITS]}"
