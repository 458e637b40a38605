"""Does a code move another scene the same way?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from lapa.evaluation.blocks import Block, Note, Table, folded, rows
from lapa.evaluation.codes.evidence import (
    QUANTIZERS,
    TRAINED,
    UNTRAINED,
    CodesEvidence,
    CodesSection,
)
from lapa.evaluation.codes.transfer import WHERE, Where
from lapa.evaluation.codes.transfer_metrics import MeasuredTransfer, measure_transfer, routes
from lapa.evaluation.finding import Finding, Metrics
from lapa.evaluation.formatting import ABSENT, number, too_few
from lapa.evaluation.plots.angle_histograms import Curves, plot_angles
from lapa.evaluation.plots.transfer_sheet import plot_transfers
from lapa.evaluation.score import Score, scored
from lapa.evaluation.section import Need

PERMUTED = "the motion of another pair of A's dataset"
HISTOGRAM = "Angle between the motion that A's code makes in B's frame and A's true motion; grey: codes without meaning."
SHEET = (
    "Where codes mean a movement, the blue arrow points as the green one does, whatever the scene."
)
Measured = Mapping[Where, MeasuredTransfer]


class LatentTransfer(CodesSection):
    """Angle between A's motion and what A's code makes of B, within a dataset and across."""

    name = "latent transfer"
    title = "Codes in other scenes"
    lead = "The code of a pair A is applied to frame t of a pair B; a code that means a movement moves B as A moved."
    needs = (Need.FLOW,)

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Measure every place that there is; those that are absent are listed."""
        measured = _measured(evidence)
        dataset = evidence.decoded.table.dataset
        return Finding(
            metrics=_metrics(measured),
            blocks=_blocks(evidence, measured),
            sentences=tuple(_sentence(where, one) for where, one in measured.items()),
            scores=tuple(score for where, one in measured.items() for score in _scores(where, one)),
            data={"routes": {where: routes(one.own, dataset) for where, one in measured.items()}},
        )


def _measured(evidence: CodesEvidence) -> dict[Where, MeasuredTransfer]:
    control = UNTRAINED if UNTRAINED in evidence.models else None
    measured: dict[Where, MeasuredTransfer] = {}
    for where, place in WHERE.items():
        measure = partial(
            measure_transfer,
            evidence.decoded,
            where,
            evidence.params,
            trained=TRAINED,
            untrained=control,
        )
        if (one := evidence.analyses.run(f"latent transfer to {place}", measure)) is not None:
            measured[where] = one
    return measured


def _metrics(measured: Measured) -> Metrics:
    every = measured.values()
    trained = tuple(metric for one in every for metric in (one.error, one.chance))
    controls = tuple(one.control_error for one in every if one.control_error is not None)
    return {TRAINED: trained, UNTRAINED: controls} if controls else {TRAINED: trained}


def _scores(where: Where, one: MeasuredTransfer) -> list[Score]:
    judged = partial(scored, f"latent transfer to {WHERE[where]}", one.error, better="lower")
    scores = [judged(one.chance, PERMUTED)]
    if one.control_error is not None:
        scores.append(judged(one.control_error, QUANTIZERS[UNTRAINED]))
    return scores


def _blocks(evidence: CodesEvidence, measured: Measured) -> tuple[Block, ...]:
    if not measured:
        return ()
    decoded, count = evidence.decoded, evidence.params.num_examples
    note = Note(text=f"{len(decoded)} held-out pairs that move; angles in degrees, 90 is chance.")
    panels = {f"applied in {WHERE[where]}": _curves(one) for where, one in measured.items()}
    heading = "Does a code move another scene as it moved its own?"
    draw = partial(plot_angles, panels, heading)
    blocks = (
        note,
        *rows(_table(measured)),
        *evidence.plot("transfer_angles", draw, HISTOGRAM),
    )
    for where, one in measured.items():
        draw_sheet = partial(plot_transfers, decoded, TRAINED, one.own, count)
        blocks += evidence.plot(f"transfer_{where}", draw_sheet, SHEET)
    return blocks + _routes(evidence, measured)


def _table(measured: Measured) -> Table:
    return Table(
        head=("A's code applied in", "mean angle", PERMUTED, QUANTIZERS[UNTRAINED]),
        rows=tuple(
            (WHERE[where], *(number(m, 1) for m in (one.error, one.chance, one.control_error)))
            for where, one in measured.items()
        ),
    )


def _curves(one: MeasuredTransfer) -> Curves:
    curves = {"A's code": one.own.errors, "another pair's motion": one.permuted}
    return curves if one.control is None else curves | {"untrained": one.control.errors}


def _routes(evidence: CodesEvidence, measured: Measured) -> tuple[Block, ...]:
    """Mean angle by dataset of A and of B, where there are several."""
    dataset = evidence.decoded.table.dataset
    by_route: dict[tuple[str, str], float] = {
        (source, target): error
        for one in measured.values()
        if one.own.where != "across_environments"
        for source, errors in routes(one.own, dataset).items()
        for target, error in errors.items()
    }
    names = evidence.decoded.table.datasets
    if len(names) < 2:
        return ()
    table = Table(
        head=("A of \\ B of", *names),
        rows=tuple(
            (source, *(_degrees(by_route.get((source, target))) for target in names))
            for source in names
        ),
    )
    return folded("Mean angle by dataset of A and of B, degrees", rows(table))


def _degrees(error: float | None) -> str:
    return ABSENT if error is None else f"{error:.0f}"


def _sentence(where: Where, one: MeasuredTransfer) -> str:
    angle = f"{number(one.error, 0)}° off (chance {number(one.chance, 0)}°)"
    begin = f"Applied in {WHERE[where]}, a code"
    if one.error.low is None:
        return f"{begin} makes a motion that is {angle}: {too_few(one.error.n)}."
    verdict = _scores(where, one)[0].verdict
    if verdict == "passes":
        return f"{begin} moves the frame as it moved its own: {angle}."
    return f"{begin} does not move the frame as it moved its own: {angle}."
