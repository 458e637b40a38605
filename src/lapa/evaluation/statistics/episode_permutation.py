"""Permutations that break what belongs together, and nothing else: neighbouring pairs stay neighbours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]


def shuffled_rows(episodes: Rows, within: NDArray[np.generic], rng: np.random.Generator) -> Rows:
    """Lay whole episodes over other episodes, inside every group.

    Codes resemble those of the pair before, and so do motions; both would look related to each other more often than
    permuted single pairs tell. So rows are taken episode by episode, in random order and from a random start.

    Args:
        episodes: ``(row,)``.
        within: ``(row,)``: rows are exchanged inside a group only, e.g. inside a dataset.
        rng: of the order.

    Returns:
        ``(row,)``: the row whose codes row i is given; a permutation.
    """
    rows = np.empty(len(episodes), np.int64)
    for group in np.unique(within):
        members = np.flatnonzero(within == group)
        _, episode = np.unique(episodes[members], return_inverse=True)
        rank = rng.permutation(int(episode.max()) + 1)[episode]
        ordered = members[np.argsort(rank, kind="stable")]
        by_episode = members[np.argsort(episode, kind="stable")]
        rows[by_episode] = np.roll(ordered, rng.integers(len(ordered)))
    return rows


def shuffled_labels(
    episodes: Rows, labels: Rows, within: NDArray[np.generic], rng: np.random.Generator
) -> Rows:
    """Exchange what belongs to whole episodes (an instruction) between the episodes of a group.

    Args:
        episodes: ``(row,)``.
        labels: ``(row,)``: one value an episode; of several the first counts.
        within: ``(row,)``: one value an episode, e.g. its dataset.
        rng: of the exchange.
    """
    _, first, episode = np.unique(episodes, return_index=True, return_inverse=True)
    of_episode = labels[first].copy()
    group = within[first]
    for name in np.unique(group):
        members = np.flatnonzero(group == name)
        of_episode[members] = of_episode[rng.permutation(members)]
    return np.asarray(of_episode[episode])
