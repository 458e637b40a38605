"""Scores of tokens across datasets: is the motion the same (V5), is the direction the same (V6)?"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.codes.compass_agreement import centered, compass_agreement
from lapa.evaluation.codes.consistency import consistency
from lapa.evaluation.codes.pair_table import PairTable
from lapa.evaluation.codes.permuted_score import permuted_score
from lapa.evaluation.codes.shared_motions import SharedMotion
from lapa.evaluation.codes.with_sequence import with_sequence
from lapa.evaluation.score import Score

Ints = NDArray[np.int64]
CONSISTENCY, COMPASS = "consistency across datasets", "compass of the flow"


def consistency_score(shared: SharedMotion, *, draws: int, seed: int) -> Score | None:
    """Score ``consistency/<motion>`` of the position, or the sequence, that tells most inside a dataset.

    It is chosen without a look across datasets, and once: what is left out or permuted has the same.

    Returns:
        None where no token has enough pairs in two datasets.
    """
    table, group, values = with_sequence(shared.table), shared.table.group, shared.values
    measure = partial(consistency, tokens=table.codebook_size, groups=len(table.datasets))
    _, told_inside = measure(table.discrete, group, values)
    if not np.isfinite(told_inside).any():
        return None
    position = int(np.nanargmax(told_inside))
    table = replace(table, codes=table.discrete[:, [position]])

    def statistic(codes: Ints, rows: Ints) -> float:
        return float(measure(codes, group[rows], values[rows])[0][0])

    name = f"consistency/{shared.name}"
    return permuted_score(CONSISTENCY, name, statistic, table, draws=draws, seed=seed)


def compass_scores(table: PairTable, *, draws: int, seed: int) -> tuple[Score, ...]:
    """Scores ``compass_agreement/raw`` and ``/centered``; none where no token has enough pairs."""
    group, motion = table.group, table.seen_motion
    measure = partial(compass_agreement, tokens=table.codebook_size, groups=len(table.datasets))

    def raw(codes: Ints, rows: Ints) -> float:
        return measure(codes, group[rows], motion.weighted[rows])

    def without_mean(codes: Ints, rows: Ints) -> float:
        return measure(codes, group[rows], centered(motion.weighted[rows], group[rows]))

    scores = (
        permuted_score(
            COMPASS, f"compass_agreement/{name}", statistic, table, draws=draws, seed=seed
        )
        for name, statistic in (("raw", raw), ("centered", without_mean))
    )
    return tuple(score for score in scores if score is not None)
