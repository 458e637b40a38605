"""How much of a code is settled by the motion, and how much by the scene."""

from __future__ import annotations

from functools import partial

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.blocks import rows
from lapa.evaluation.codes.disentanglement import ANALYSIS, entropy_scores
from lapa.evaluation.codes.evidence import TRAINED, CodesEvidence, CodesSection
from lapa.evaluation.finding import Finding
from lapa.evaluation.formatting import number
from lapa.evaluation.plots.score_dots import plot_scores
from lapa.evaluation.score import Score
from lapa.evaluation.score_table import score_table
from lapa.evaluation.section import Need

CAPTION = (
    "What is left of a code's entropy once the motion (the action, the scene) is known, mean over code positions. Motion "
    "should settle a code, and the scene should not."
)


class CodeEntropy(CodesSection):
    """H(code | motion), H(code | action) and H(code | environment), as shares of H(code)."""

    name = ANALYSIS
    title = "What else the codes tell"
    needs = (Need.CODES,)

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Measure whatever of motion, action and environment is known.

        Raises:
            CannotMeasureError: none is, or there is one code.
        """
        params = evidence.params
        scores = entropy_scores(evidence.table, draws=params.probe.resamples, seed=params.seed)
        if not scores:
            raise CannotMeasureError(
                "neither flow nor actions nor environments are known, or no code varies"
            )
        heading = (
            f"Entropy left of a code once something is known; {len(evidence.table)} held-out pairs"
        )
        axis = "H(code | …) / H(code)   (0: settled; 1: nothing known)"
        return Finding(
            metrics={TRAINED: tuple(score.metric for score in scores)},
            blocks=(
                *rows(score_table(scores)),
                *evidence.plot(
                    "code_entropy", partial(plot_scores, scores, heading, axis), CAPTION
                ),
            ),
            sentences=tuple(_sentence(score) for score in scores if score.verdict == "fails"),
            scores=scores,
        )


def _sentence(score: Score) -> str:
    known = score.metric.name.split("/")[-1]
    return (
        f"Warning: the {known} leaves {number(score.metric, 2)} of a code's entropy, permuted codes "
        f"{number(score.control, 2)}; {score.better} would be better."
    )
