"""Whether a code means the same motion in every dataset."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.blocks import Block, Table, folded, rows
from lapa.evaluation.codes.across_datasets import CONSISTENCY, consistency_score
from lapa.evaluation.codes.associations import eta_squared
from lapa.evaluation.codes.consistency import spread
from lapa.evaluation.codes.evidence import TRAINED, CodesEvidence, CodesSection
from lapa.evaluation.codes.shared_motions import DIRECTION, SharedMotion, shared_motions
from lapa.evaluation.codes.token_moments import MIN_SAMPLES, token_moments
from lapa.evaluation.finding import Finding
from lapa.evaluation.formatting import number
from lapa.evaluation.plots.token_histograms import plot_token_histograms
from lapa.evaluation.score import Score
from lapa.evaluation.score_table import score_table
from lapa.evaluation.section import Need

CAPTION = (
    "The same motion for each code, a row per dataset. A code that means one thing has the same shape and place in "
    "every row."
)
VERDICTS = {
    "passes": "means the same in different datasets",
    "fails": "means opposite things in different datasets",
}


class Consistency(CodesSection):
    """Variance of a code's motion within datasets, and of its means between them."""

    name = CONSISTENCY
    title = "Codes across datasets"
    lead = (
        "Consistency 1: two pairs of different datasets with one code move alike; 0: no more alike than any two pairs; "
        f"below 0: oppositely. Codes count that occur {MIN_SAMPLES} times in each of two datasets."
    )
    needs = (Need.CODES, Need.SEVERAL_DATASETS)

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Compare directions in the picture, and action dimensions of one name and unit.

        Raises:
            CannotMeasureError: datasets share no motion, or no code.
        """
        params = evidence.params
        motions = shared_motions(evidence.table)
        if not motions:
            raise CannotMeasureError(
                "no two datasets share an action dimension of one name and unit, and flow is not there"
            )
        draws, seed = params.probe.resamples, params.seed
        measured = [(m, consistency_score(m, draws=draws, seed=seed)) for m in motions]
        known = [(motion, score) for motion, score in measured if score is not None]
        if not known:
            raise CannotMeasureError(
                f"no code occurs {MIN_SAMPLES} times in each of two datasets: codes name the dataset, or are rare"
            )
        scores = tuple(score for _, score in known)
        return Finding(
            metrics={TRAINED: tuple(score.metric for score in scores)},
            blocks=(
                *rows(score_table(scores)),
                *(block for motion, score in known for block in _plot(evidence, motion, score)),
                *folded("Every code", rows(_table([motion for motion, _ in known]))),
            ),
            sentences=_sentences(*known[0]),
            scores=scores,
        )


def _plot(evidence: CodesEvidence, motion: SharedMotion, score: Score) -> tuple[Block, ...]:
    """Histograms at the position that tells most; directions in degrees."""
    codes, values = motion.table.discrete, motion.values
    if motion.name == DIRECTION:
        shown = np.degrees(np.arctan2(values[:, 1], values[:, 0]))
    else:
        shown = values[:, 0]
    told = [np.mean([eta_squared(code, value) for value in values.T]) for code in codes.T]
    position = int(np.argmax(told))
    heading = (
        f"Code position {position}: {len(codes)} pairs; consistency {number(score.metric, 2)}, "
        f"permuted codes {number(score.control, 2)}"
    )
    draw = partial(
        plot_token_histograms,
        codes=codes[:, position],
        dataset=motion.table.dataset,
        values=shown,
        axis=motion.axis,
        heading=heading,
    )
    return evidence.plot(f"consistency_{motion.name}", draw, CAPTION)


def _table(motions: Sequence[SharedMotion]) -> Table:
    """Both variances of every code, the most frequent first."""
    lines = []
    for motion in motions:
        table = motion.table
        of_all = spread(
            token_moments(
                table.discrete,
                table.group,
                motion.values,
                tokens=table.codebook_size,
                groups=len(table.datasets),
            )
        )
        for position, code in zip(*np.nonzero(of_all.pairs > 0), strict=True):
            at = (position, code)
            lines.append(
                (
                    motion.name,
                    str(position),
                    str(code),
                    str(of_all.pairs[at]),
                    f"{of_all.within[at]:.3g}",
                    f"{of_all.between[at]:.3g}",
                    f"{of_all.ratio[at]:.3g}",
                )
            )
    head = ("motion", "position", "code", "pairs", "variance within", "of the means", "ratio")
    return Table(head=head, rows=tuple(lines))


def _sentences(motion: SharedMotion, score: Score) -> tuple[str, ...]:
    """The answer; none where there is none."""
    if score.verdict == "unclear":
        return ()
    name = "direction of motion" if motion.name == DIRECTION else motion.name
    return (
        f"A code {VERDICTS[score.verdict]}: consistency of the {name} {number(score.metric, 2)}, "
        f"with permuted codes {number(score.control, 2)}.",
    )
