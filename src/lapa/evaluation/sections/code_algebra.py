"""Can one calculate with codes: is there a zero, an inverse, a sum?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from lapa.evaluation.blocks import Block, Table, rows
from lapa.evaluation.codes.algebra import Algebra
from lapa.evaluation.codes.chained_codes import ANGLE, ONE_STEP, SHARE, SHUFFLED, chained_codes
from lapa.evaluation.codes.evidence import TRAINED, CodesEvidence, CodesSection
from lapa.evaluation.codes.null_codes import MOTION, MOVING, SPREAD, null_codes
from lapa.evaluation.codes.null_codes import SHARE as NULL_SHARE
from lapa.evaluation.codes.reversed_codes import CONTROL, COSINE, reversed_codes
from lapa.evaluation.finding import Finding
from lapa.evaluation.formatting import ABSENT, number
from lapa.evaluation.plots.algebra_sheet import plot_algebra
from lapa.evaluation.score import Score, scored
from lapa.evaluation.section import Need
from lapa.records import Metric

Named = Mapping[str, Metric]
LINES = {
    SPREAD: ("static pairs: spread of their vectors, moving pairs = 1", "", 3),
    NULL_SHARE: (
        "static pairs: share of the commonest sequence",
        NULL_SHARE + MOVING,
        2,
    ),
    MOTION: ("static pairs: motion drawn, own codes = 1", "", 2),
    COSINE: ("reversed pairs: cosine with the opposite motion", CONTROL, 2),
    ANGLE: ("two steps: angle to the true motion to t+2H, degrees", ANGLE + SHUFFLED, 1),
    SHARE: ("two steps: share of the true motion that is drawn", SHARE + ONE_STEP, 2),
}
"""Metric -> what it is, its control where that is a metric, digits."""
CONTROLS = {
    SPREAD: "1: as far apart as moving pairs",
    NULL_SHARE: "moving pairs",
    MOTION: "1: as much as the pairs' own codes",
    COSINE: "another pair's reversed codes",
    ANGLE: "another pair's second code",
    SHARE: "the first step alone",
}
LOWER = {SPREAD, MOTION, ANGLE}
CAPTION = (
    "The code of a static pair should move nothing, that of a reversed pair the other way, two codes one after the "
    "other as far as both."
)


class CodeAlgebra(CodesSection):
    """Static pairs, reversed pairs and two steps in a row."""

    name = "algebra of codes"
    title = "Calculating with codes"
    needs = (Need.FLOW,)

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Measure the three; each may fail alone."""
        decoded, params = evidence.decoded, evidence.params
        codes = evidence.encoded.trained.codes
        own = None if codes is None else codes[decoded.rows]
        run = evidence.analyses.run
        algebra = Algebra(
            null=run("codes of static pairs", partial(null_codes, decoded, TRAINED, own, params)),
            backwards=run(
                "codes of reversed pairs", partial(reversed_codes, decoded, TRAINED, params)
            ),
            chain=run("codes of two steps", partial(chained_codes, decoded, TRAINED, params)),
        )
        metrics = tuple(algebra.metrics())
        named = {metric.name: metric for metric in metrics}
        return Finding(
            metrics={TRAINED: metrics},
            blocks=(*rows(_table(named)), *_sheet(evidence, algebra)),
            sentences=tuple(_sentences(named)),
            scores=_scores(named),
        )


def _sheet(evidence: CodesEvidence, algebra: Algebra) -> tuple[Block, ...]:
    if algebra.null is None or algebra.backwards is None or algebra.chain is None:
        return ()
    count = evidence.params.num_examples
    draw = partial(plot_algebra, evidence.decoded, TRAINED, algebra, count)
    return evidence.plot("code_algebra", draw, CAPTION)


def _scores(named: Named) -> tuple[Score, ...]:
    return tuple(
        scored(
            CodeAlgebra.name,
            named[name],
            named[control] if control else 1.0,
            CONTROLS[name],
            better="lower" if name in LOWER else "higher",
        )
        for name, (_, control, _) in LINES.items()
        if name in named
    )


def _table(named: Named) -> Table:
    return Table(
        head=("", "codes", "control", "what the control is"),
        rows=tuple(
            (
                label,
                number(named[name], digits),
                number(named[control], digits) if control else ABSENT,
                CONTROLS[name],
            )
            for name, (label, control, digits) in LINES.items()
            if name in named
        ),
    )


def _sentences(named: Named) -> Iterable[str]:
    if MOTION in named:
        yield (
            f"The code of a static pair moves the picture {number(named[MOTION], 2)} times as much as a moving pair's."
        )
    if COSINE in named:
        yield (
            f"The code of a reversed pair moves frame t with a cosine of {number(named[COSINE], 2)} to the opposite "
            f"motion ({number(named[CONTROL], 2)} with {CONTROLS[COSINE]})."
        )
    if ANGLE in named:
        yield (
            f"Two codes one after the other draw {number(named[SHARE], 2)} of the motion to t+2H (the first alone "
            f"{number(named[SHARE + ONE_STEP], 2)}), {number(named[ANGLE], 0)}° off."
        )
