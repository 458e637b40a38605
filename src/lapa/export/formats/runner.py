"""What an exported file is once it is opened, whatever its format."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from torch.export import ExportedProgram

from lapa.export.graphs.graph import Arrays, Graph


class Runner(Protocol):
    """Inputs by name to outputs by name."""

    def __call__(self, inputs: Arrays) -> Arrays:
        """Run it."""
        ...


class Format(Protocol):
    """Writes graphs, and opens what it wrote."""

    ending: str
    """Of its files."""
    runtime: str
    """What runs them, with its version: a column of the latency table."""

    def write(self, program: ExportedProgram, graph: Graph, path: Path) -> None:
        """Write a traced graph to one file."""
        ...

    def open(self, path: Path, graph: Graph) -> Runner:
        """Open a file, to be run on the CPU."""
        ...
