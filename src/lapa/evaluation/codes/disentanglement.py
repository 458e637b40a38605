"""How much of a token is left once the motion is known, and how much the scene takes away (V8)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.codes.motion_bins import cells
from lapa.evaluation.codes.pair_table import PairTable
from lapa.evaluation.codes.permuted_score import Statistic, permuted_score
from lapa.evaluation.codes.token_information import information, joint_counts, mean_of
from lapa.evaluation.score import Better, Score

Ints = NDArray[np.int64]
ANALYSIS = "entropy of codes"
MOTION, ACTION, ENVIRONMENT = "motion", "action", "environment"
BETTER: dict[str, Better] = {MOTION: "lower", ACTION: "lower", ENVIRONMENT: "higher"}
"""A token should be settled by the motion, and not by the scene."""


def entropy_scores(table: PairTable, *, draws: int, seed: int) -> tuple[Score, ...]:
    """Scores ``code_entropy_given/<motion|action|environment>``, of whatever is known of two pairs or more."""
    scores = (
        _entropy_score(known, name, labels, draws=draws, seed=seed)
        for name, (known, labels) in given(table).items()
    )
    return tuple(score for score in scores if score is not None)


def given(table: PairTable) -> dict[str, tuple[PairTable, Ints]]:
    """What may settle a token: name -> the pairs of which it is known, and its cell for each of them."""
    known: dict[str, tuple[PairTable, Ints]] = {}
    if table.motion is not None:
        known[MOTION] = (table, cells(table.motion.weighted))
    if table.actions is not None:
        there = np.flatnonzero(np.isfinite(table.actions).any(axis=1))
        if len(there):
            acting = table.take(there)
            known[ACTION] = (acting, _action_cells(acting, table.actions[there]))
    named = np.flatnonzero(table.environment != "")
    scenes, number = np.unique(table.environment[named], return_inverse=True)
    if len(scenes) > 1:
        known[ENVIRONMENT] = (table.take(named), number.astype(np.int64))
    return known


def _action_cells(table: PairTable, actions: NDArray[np.float32]) -> Ints:
    """Cells of each dataset's own action space, over the dimensions that change; none is shared by two datasets."""
    labels = np.zeros(len(table), np.int64)
    for dataset in table.datasets:
        rows = table.dataset == dataset
        own = actions[rows]
        own = own[:, np.isfinite(own).all(axis=0)]
        changing = own[:, np.ptp(own, axis=0) > 1e-9]
        numbers = cells(changing) if changing.shape[1] else np.zeros(len(own), np.int64)
        labels[rows] = labels.max() + 1 + numbers
    return labels


def _entropy_score(
    table: PairTable, name: str, labels: Ints, *, draws: int, seed: int
) -> Score | None:
    return permuted_score(
        ANALYSIS,
        f"code_entropy_given/{name}",
        _left(labels, table.codebook_size),
        table,
        draws=draws,
        seed=seed,
        better=BETTER[name],
    )


def _left(labels: Ints, tokens: int) -> Statistic:
    num_labels = int(labels.max()) + 1

    def statistic(codes: Ints, rows: Ints) -> float:
        counts = joint_counts(codes, labels[rows], tokens=tokens, num_labels=num_labels)
        return mean_of(information(counts).left_of_token)

    return statistic
