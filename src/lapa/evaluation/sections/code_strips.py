"""Pairs that share a code, side by side: a code that means something shows one kind of change."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from lapa.evaluation.blocks import Block, folded
from lapa.evaluation.codes.code_examples import MAX_POSITIONS, groups_by_code
from lapa.evaluation.codes.encoded import Encoded
from lapa.evaluation.codes.evidence import CodesEvidence, CodesSection
from lapa.evaluation.finding import Finding
from lapa.evaluation.plots.code_strips import plot_code_strips
from lapa.evaluation.section import Need
from lapa.params.evaluation import EvaluationParams

OF_SEQUENCE = (
    "Pairs that share a whole code sequence. A row that shows one kind of change is a code sequence "
    "that means something."
)


class PairsByCode(CodesSection):
    """The commonest sequences, and the commonest codes of every position, with example pairs."""

    name = "pairs grouped by code"
    title = "Latent actions"
    needs = (Need.CODES,)

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Plot groups of whole sequences, and behind a click those of single positions."""
        length = evidence.encoded.trained.discrete.shape[1]
        blocks: tuple[Block, ...] = ()
        if length > 1:
            blocks += _strips(evidence, "codes_sequence", list(range(length)), OF_SEQUENCE)
        positions: tuple[Block, ...] = ()
        for position in range(min(length, MAX_POSITIONS)):
            caption = f"Pairs that share the code at position {position}, whatever the other positions say."
            positions += _strips(evidence, f"codes_position_{position}", [position], caption)
        blocks += folded("Pairs grouped by the code of one position", positions)
        return Finding(blocks=blocks)


def _strips(
    evidence: CodesEvidence, name: str, columns: list[int], caption: str
) -> tuple[Block, ...]:
    draw = partial(_plot_strips, evidence.encoded, evidence.params, columns)
    return evidence.plot(name, draw, caption)


def _plot_strips(
    encoded: Encoded, params: EvaluationParams, columns: list[int], path: Path
) -> None:
    codes = encoded.trained.discrete[:, columns]
    groups = groups_by_code(codes, encoded.pairs, examples=params.num_examples, seed=params.seed)
    frames = [
        np.stack([encoded.pairs.dataset[int(row)]["frames"] for row in group.rows])
        for group in groups
    ]
    distinct = len(np.unique(codes, axis=0))
    grouped = "whole sequences" if len(columns) > 1 else f"codes at position {columns[0]}"
    heading = (
        f"Pairs grouped by code: the {len(groups)} commonest of {distinct} {grouped}.\n"
        "First square: mean change of all pairs with this code (grey: none). Then t beside t+H."
    )
    plot_code_strips(groups, frames, heading, path)
