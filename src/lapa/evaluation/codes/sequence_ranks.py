"""How often whole sequences occur, beside the same codes with every position shuffled by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.codes.permuted_score import MAX_DRAWS
from lapa.evaluation.score import Score, scored
from lapa.evaluation.statistics.any_statistic import null_metric
from lapa.evaluation.statistics.episode_jackknife import jackknife_interval
from lapa.metrics.code_usage import entropy_bits, sequence_counts
from lapa.records import Metric

Codes = NDArray[np.int64]
CONTROL = "each position's codes shuffled by themselves"


@dataclass(frozen=True, kw_only=True)
class SequenceRanks:
    """Sequences of one quantiser, the commonest first."""

    counts: NDArray[np.int64]
    """``(sequence,)``: how often each occurs, descending."""
    entropy: float
    """Bits."""

    @property
    def distinct(self) -> int:
        """Number of sequences that occur."""
        return len(self.counts)


def sequence_ranks(codes: Codes) -> SequenceRanks:
    """Count the sequences of ``codes (pair, code)``."""
    counts = np.sort(sequence_counts(codes))[::-1]
    return SequenceRanks(counts=counts, entropy=entropy_bits(counts))


def shuffled_positions(codes: Codes, groups: NDArray[np.int64], rng: np.random.Generator) -> Codes:
    """Shuffle every position by itself, inside each group: as often used, but no position knows of another."""
    shuffled = np.empty_like(codes)
    for group in np.unique(groups):
        own = np.flatnonzero(groups == group)
        shuffled[own] = rng.permuted(codes[own], axis=0)
    return shuffled


def uniform_codes(codes: Codes, codebook_size: int, rng: np.random.Generator) -> Codes:
    """As many codes, drawn at random with equal chances."""
    return rng.integers(codebook_size, size=codes.shape)


def sequence_redundancy(
    codes: Codes,
    episodes: NDArray[np.int64],
    groups: NDArray[np.int64],
    *,
    draws: int,
    seed: int,
) -> Score:
    """Bits by which sequences are less spread than with shuffled positions (their total correlation).

    Watanabe (1960), doi:10.1147/rd.41.0066; the shuffled ones, not the sum of the positions' entropies, are what it
    is taken from, because few pairs show fewer sequences than there are.
    """

    def shuffled(rng: np.random.Generator) -> float:
        return sequence_ranks(shuffled_positions(codes, groups, rng)).entropy

    draws = min(draws, MAX_DRAWS)
    null = null_metric("sequence_entropy", shuffled, draws=draws, seed=seed)
    own = jackknife_interval(
        lambda rows: null.value - sequence_ranks(codes[rows]).entropy, episodes
    )
    name = "sequence_redundancy"
    low, high = null.low or null.value, null.high or null.value
    control = Metric(name=name, value=0.0, low=null.value - high, high=null.value - low, n=draws)
    metric = own.metric(name, n=len(np.unique(episodes)))
    return scored("repetition of sequences", metric, control, CONTROL)
