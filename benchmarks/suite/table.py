"""Which benchmarks there are."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from suite.rows import Row

FOLDER = Path(__file__).parents[1]


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """A module of the suite with ``measure(toy, rounds)``."""

    module: str
    question: str
    in_all: bool = True
    """Whether `all` runs it: a minute or two on quiet cores."""
    reading: str = ""
    """What the page says below its table: how to read it."""

    def load(self) -> Callable[[bool, int], list[Row]]:
        """The function that measures; its libraries are imported only now."""
        measure: Callable[[bool, int], list[Row]] = importlib.import_module(
            f"suite.{self.module}"
        ).measure
        return measure


BENCHMARKS = {
    "machine": Benchmark(
        module="machine", question="What can this machine do: products, copies, JPEG?"
    ),
    "quantizer": Benchmark(
        module="quantizer",
        question="How near are the quantizer's steps and codes to their own matrix products, and to the original's network?",
        reading="`products of …, beside compat` is the ceiling on this machine: a network that did nothing but its matrix products. "
        "Where the rest of a step goes: [laq-model.md](laq-model.md#speed).",
    ),
    "loader": Benchmark(module="pairs_loaded", question="How near is the loader to decoding JPEG?"),
    "ingestion": Benchmark(
        module="ingested", question="How near is ingestion to decode, crop, resize, encode?"
    ),
    "labeling": Benchmark(
        module="labeled", question="How near is labelling to the quantizer's codes alone?"
    ),
    "index": Benchmark(
        module="opened", question="What do opening an index and beginning an epoch cost?"
    ),
    "duplicates": Benchmark(
        module="alike", question="What does looking for near-duplicates cost beside sorting?"
    ),
    "scaling": Benchmark(
        module="scaling",
        question="How do time and memory grow from 10² to 10⁴ episodes, and what would 10⁶ need?",
        in_all=False,
    ),
    "million": Benchmark(
        module="million",
        question="What do opening a million clips, an epoch of them and a search for duplicates take?",
        in_all=False,
    ),
}


def scripts() -> dict[str, str]:
    """Benchmarks that are commands of their own, with their first line."""
    found = {}
    for path in sorted(FOLDER.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        if not path.name.startswith("_") and '__name__ == "__main__"' in text:
            found[path.stem] = (ast.get_docstring(ast.parse(text)) or "").splitlines()[0]
    return found
