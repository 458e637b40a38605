"""Is a code sequence a sequence?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from lapa.evaluation.blocks import Block, Table, rows
from lapa.evaluation.codes.code_order import CHANGED, order_metrics
from lapa.evaluation.codes.decoded_pairs import Condition
from lapa.evaluation.codes.evidence import TRAINED, CodesEvidence, CodesSection
from lapa.evaluation.finding import Finding
from lapa.evaluation.formatting import decibel, number, too_few
from lapa.evaluation.plots.condition_bars import plot_conditions
from lapa.evaluation.score import scored
from lapa.evaluation.section import Need
from lapa.records import Metric

CAPTION = (
    "What exchanging the positions of a pair's own codes costs and how far it turns the drawn motion; grey: "
    "another pair's codes, with which all is lost. Bars at zero mean that the order says nothing."
)
Measured = Mapping[Condition, tuple[Metric, Metric]]


class CodeOrder(CodesSection):
    """PSNR and motion with positions reversed and exchanged."""

    name = "order of codes"
    title = "Order of codes"
    needs = (Need.FLOW,)

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Compare the own sequence with its rearrangements.

        Raises:
            CannotMeasureError: there is one code a pair.
        """
        measured = order_metrics(evidence.decoded, TRAINED, evidence.params)
        cost, _ = measured["permuted"]
        score = scored(self.name, cost, 0.0, "0 dB: the order means nothing")
        return Finding(
            metrics={TRAINED: tuple(metric for both in measured.values() for metric in both)},
            blocks=_blocks(evidence, measured),
            sentences=(_sentence(cost, measured["another"][0]),),
            scores=(score,),
        )


def _blocks(evidence: CodesEvidence, measured: Measured) -> tuple[Block, ...]:
    table = Table(
        head=("codes", "cost, dB", "drawn motion turns by, degrees"),
        rows=tuple(
            (CHANGED[condition], number(cost, 2), number(turn, 0))
            for condition, (cost, turn) in measured.items()
        ),
    )
    panels = {
        axis: {CHANGED[condition]: both[i] for condition, both in measured.items()}
        for i, axis in enumerate(("cost in PSNR, dB", "angle between both drawn motions, degrees"))
    }
    count = measured["another"][0].n
    heading = (
        f"Is the order of the codes used? {len(evidence.decoded)} moving pairs of {count} episodes."
    )
    draw = partial(plot_conditions, panels, (CHANGED["another"],), heading)
    return (*rows(table), *evidence.plot("code_order", draw, CAPTION))


def _sentence(cost: Metric, everything: Metric) -> str:
    prices = (
        f"exchanging positions costs {decibel(cost)}, another pair's codes {decibel(everything)}"
    )
    if cost.low is None:
        return f"Order of the codes: {prices}; {too_few(cost.n)}."
    if cost.low > 0:
        return f"The order of the codes is used: {prices}."
    return f"The order of the codes is not used: {prices}."
