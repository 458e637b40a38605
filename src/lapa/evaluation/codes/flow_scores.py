"""What codes tell about the flow, as lines of the scorecard; no action labels are needed (V7)."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.codes.motion_bins import OCTANTS, octants
from lapa.evaluation.codes.pair_table import PairTable
from lapa.evaluation.codes.permuted_score import Statistic, permuted_score
from lapa.evaluation.codes.shared_motions import moving_directions
from lapa.evaluation.codes.token_angles import concentration
from lapa.evaluation.codes.token_information import information, joint_counts, largest_of
from lapa.evaluation.codes.with_sequence import with_sequence
from lapa.evaluation.score import Score

Ints = NDArray[np.int64]
ANALYSIS = "codes and flow"
MIN_STATIC = 0.01
"""Share of still (and of moving) pairs below which nothing can be said about stillness."""


def flow_scores(table: PairTable, *, draws: int, seed: int) -> tuple[Score, ...]:
    """Scores ``flow_information/direction``, ``flow_information/still``, ``flow_concentration``.

    Of the position (or the whole sequence) that tells most; permuted codes may choose theirs, too. Scores that
    these pairs do not allow (nothing is still, say) are left out.
    """
    table, motion = with_sequence(table), table.seen_motion
    moves, directions = moving_directions(motion)
    moving = table.take(moves)
    tokens = table.codebook_size
    wanted: list[tuple[str, PairTable, Statistic]] = [
        ("flow_information/direction", moving, _told(octants(directions), tokens, OCTANTS)),
        ("flow_concentration", moving, partial(_concentration, directions, tokens)),
    ]
    if MIN_STATIC < motion.static.mean() < 1 - MIN_STATIC:
        still = motion.static.astype(np.int64)
        wanted.append(("flow_information/still", table, _told(still, tokens, 2)))
    scores = (
        permuted_score(ANALYSIS, name, statistic, pairs, draws=draws, seed=seed)
        for name, pairs, statistic in wanted
        if len(pairs)
    )
    return tuple(score for score in scores if score is not None)


def _told(labels: Ints, tokens: int, num_labels: int) -> Statistic:
    """Share of the label's entropy that the tokens of the best position take away."""

    def statistic(codes: Ints, rows: Ints) -> float:
        counts = joint_counts(codes, labels[rows], tokens=tokens, num_labels=num_labels)
        return largest_of(information(counts).of_label)

    return statistic


def _concentration(directions: NDArray[np.float64], tokens: int, codes: Ints, rows: Ints) -> float:
    return largest_of(concentration(codes, directions[rows], tokens=tokens))
