"""Nodes side by side: with `--runner=ParallelRunner` each runs in a process that was forked from the command's.

Hooks of a node then act on copies of their objects: what they knew before the first node is there, and what they
learn is seen by nobody else unless it is written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from multiprocessing import active_children
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kedro.io import SharedMemoryDataCatalog

_OF_THE_RUNNER = "ParallelRunnerManager"
"""Begins the name of the process that keeps Kedro's shared memory; no node runs there."""


def is_side_by_side(catalog: object) -> bool:
    """Whether the nodes of this run get processes of their own: Kedro then takes a catalog they can share."""
    return isinstance(catalog, SharedMemoryDataCatalog)


def workers() -> list[int]:
    """Process ids of those that run nodes now."""
    others = active_children()
    return [p.pid for p in others if p.pid and not p.name.startswith(_OF_THE_RUNNER)]


class Notes:
    """What the hooks of nodes tell those of the pipeline, whichever process they are in: a file each."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="lapa-nodes-")

    def write(self, node: str, facts: dict[str, Any]) -> None:
        """Say something about a node, once it has run."""
        Path(self._folder.name, f"{node}.json").write_text(json.dumps(facts))

    def read(self, nodes: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        """What was written about those of the nodes that ran."""
        for node in nodes:
            path = Path(self._folder.name, f"{node}.json")
            if path.is_file():
                yield node, json.loads(path.read_text())
