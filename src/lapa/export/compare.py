"""How far two runs of a graph lie apart: numbers by their difference, choices by whether they are the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from lapa.export.graphs.graph import Arrays, Graph
from lapa.refused import RefusedError

TOLERANCE = 1e-4
"""Largest difference of logits, and of actions in halves of the labelled range."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Of one output, over all samples."""

    graph: str
    output: str
    largest: float
    """Absolute; of actions in halves of the labelled range. Of codes the share of samples that differ."""
    samples: int
    """That were compared: samples whose choice was a tie further up are left out."""
    ties: int
    """Samples in which rounding chose otherwise between two that are equally good."""


def compare(graph: Graph, expected: Arrays, got: Arrays) -> list[Difference]:
    """Compare output by output.

    What follows from a choice can be compared only where the same was chosen. A choice may differ where
    what it was chosen by agrees to the tolerance (`require_close`): then two were equally good.

    Args:
        graph: names the outputs, and which of them choose.
        expected: by the model's own interface.
        got: by the exported file.
    """
    samples = len(next(iter(expected.values())))
    same = np.ones(samples, bool)
    differences = []
    for name in graph.outputs:
        compared = int(same.sum())
        largest = _largest(graph, name, expected[name][same], got[name][same])
        if choose := graph.choices.get(name):
            chosen = [choose(torch.from_numpy(side[name])).numpy() for side in (expected, got)]
            same = same & ~_differs(*chosen)
        ties = compared - int(same.sum())
        differences.append(
            Difference(graph=graph.name, output=name, largest=largest, samples=compared, ties=ties)
        )
    return differences


def require_close(differences: Sequence[Difference], *, tolerance: float) -> None:
    """Refuse an export that differs.

    Raises:
        RefusedError: naming every output beyond the tolerance.
    """
    # written so that NaN, which is smaller than nothing, is refused as well
    wrong = [d for d in differences if not d.largest <= tolerance]
    if wrong:
        named = ", ".join(f"{d.largest:.3g} in `{d.output}` of {d.graph}" for d in wrong)
        raise RefusedError(
            f"the export differs from PyTorch by {named}, expected {tolerance:g} at most: nothing was "
            "written; give a larger --tolerance if that is good enough for you"
        )


def _largest(
    graph: Graph, name: str, expected: NDArray[np.generic], got: NDArray[np.generic]
) -> float:
    if expected.shape != got.shape or not expected.size:
        return 0.0 if expected.shape == got.shape else float("inf")
    if not np.issubdtype(expected.dtype, np.floating):
        return float(_differs(expected, got).mean())
    apart = np.abs(expected.astype(np.float64) - got.astype(np.float64))
    return float((apart / graph.scales.get(name, np.float32(1))).max())


def _differs(first: NDArray[np.generic], second: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Samples in which anything differs, ``bool (batch,)``."""
    differs: NDArray[np.bool_] = (first != second).reshape(len(first), -1).any(axis=1)
    return differs
