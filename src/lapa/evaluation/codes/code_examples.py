"""Pairs that show what a code stands for: common codes, and pairs that share one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from einops import rearrange
from numpy.typing import NDArray

from lapa.evaluation.codes.held_out import DIFFERENCE_CELLS, HeldOutPairs

MAX_GROUPS = 8
"""Codes (or sequences) that are shown: the commonest."""
MAX_POSITIONS = 4


@dataclass(frozen=True, kw_only=True)
class CodeGroup:
    """The pairs that share a code at one position, or a whole sequence."""

    name: str
    """``3``, or ``3 1 0 5`` for a sequence."""
    share: float
    """Of all held-out pairs."""
    change: NDArray[np.float32]
    """Mean change of the frame, ``(8, 8, 3)``, [-1, 1]."""
    rows: NDArray[np.int64]
    """Samples chosen to be shown."""


def groups_by_code(
    tokens: NDArray[np.int64], pairs: HeldOutPairs, *, examples: int, seed: int
) -> list[CodeGroup]:
    """The commonest tokens and pairs that carry them, of different episodes as far as there are.

    Args:
        tokens: ``(sample, length)``: one column for a position, all of them for sequences.
        pairs: held-out pairs in the same order.
        examples: pairs per group at most.
        seed: of the choice.
    """
    distinct, group, counts = np.unique(tokens, axis=0, return_inverse=True, return_counts=True)
    commonest = np.argsort(-counts, kind="stable")[:MAX_GROUPS]
    order = np.random.default_rng(seed).permutation(len(tokens))
    groups = []
    for number in commonest:
        members = np.flatnonzero(group.ravel() == number)
        groups.append(
            CodeGroup(
                name=" ".join(map(str, distinct[number])),
                share=len(members) / len(tokens),
                change=_mean_change(pairs.difference[members]),
                rows=_spread_out(order[np.isin(order, members)], pairs, examples),
            )
        )
    return groups


def _mean_change(differences: NDArray[np.float32]) -> NDArray[np.float32]:
    cells = DIFFERENCE_CELLS
    mean = differences.mean(axis=0)
    return np.asarray(
        rearrange(mean, "(row column rgb) -> row column rgb", row=cells, column=cells)
    )


def _spread_out(members: NDArray[np.int64], pairs: HeldOutPairs, count: int) -> NDArray[np.int64]:
    """Of the half that moves most, one pair of every episode, then a second one, and so on."""
    motion = np.abs(pairs.difference[members]).mean(axis=1)
    moving = members[motion >= np.median(motion)]
    return _turn_by_turn(moving.tolist(), pairs.episodes)[:count]


def _turn_by_turn(members: Sequence[int], episodes: NDArray[np.int64]) -> NDArray[np.int64]:
    taken: dict[int, int] = {}
    turns = []
    for row in members:
        episode = int(episodes[row])
        taken[episode] = taken.get(episode, 0) + 1
        turns.append(taken[episode])
    order = np.argsort(turns, kind="stable")
    return np.asarray(members, dtype=np.int64)[order]
