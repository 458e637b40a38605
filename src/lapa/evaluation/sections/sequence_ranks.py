"""How many sequences there are, how evenly they are used, and whether they repeat more than by chance."""

from __future__ import annotations

from functools import partial

import numpy as np

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.codes.evidence import TRAINED, CodesEvidence, CodesSection
from lapa.evaluation.codes.sequence_ranks import (
    SequenceRanks,
    sequence_ranks,
    sequence_redundancy,
    shuffled_positions,
    uniform_codes,
)
from lapa.evaluation.finding import Finding
from lapa.evaluation.formatting import number
from lapa.evaluation.plots.sequence_ranks import plot_sequence_ranks
from lapa.evaluation.score import Score
from lapa.evaluation.section import Need

CAPTION = (
    "How often each code sequence occurs. Steeper than “positions shuffled”: sequences repeat more often than codes "
    "that know nothing of each other would: the quantiser has a vocabulary of whole sequences."
)


class SequenceHistogram(CodesSection):
    """Rank and frequency of sequences, entropy and number of distinct ones, beside random."""

    name = "histogram of code sequences"
    title = "Latent actions"
    needs = (Need.CODES,)

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Count sequences of the quantiser, of shuffled positions, of random codes, of the untrained one.

        Raises:
            CannotMeasureError: a sequence is one code.
        """
        table, params = evidence.table, evidence.params
        codes, group = table.discrete, table.group
        if codes.shape[1] == 1:
            raise CannotMeasureError("a sequence is one code; the histogram of codes shows it")
        rng = np.random.default_rng(params.seed)
        ranks = {
            "the quantiser": sequence_ranks(codes),
            "positions shuffled": sequence_ranks(shuffled_positions(codes, group, rng)),
            "uniform random codes": sequence_ranks(uniform_codes(codes, table.codebook_size, rng)),
        }
        if table.random_codes is not None:
            ranks["the untrained quantiser"] = sequence_ranks(table.random_codes)
        score = sequence_redundancy(
            codes, table.episode, group, draws=params.probe.resamples, seed=params.seed
        )
        draw = partial(
            plot_sequence_ranks, ranks, _heading(ranks["the quantiser"], score, len(table))
        )
        return Finding(
            metrics={TRAINED: (score.metric,)},
            blocks=evidence.plot("sequence_ranks", draw, CAPTION),
            scores=(score,),
            data={"sequence_counts": ranks["the quantiser"].counts.tolist()},
        )


def _heading(ranks: SequenceRanks, score: Score, pairs: int) -> str:
    return (
        f"{ranks.distinct} distinct code sequences in {pairs} held-out pairs, entropy {ranks.entropy:.1f} bits:\n"
        f"{number(score.metric, 2)} bits below shuffled positions (by chance {number(score.control, 2)})"
    )
