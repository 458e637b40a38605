"""Does a reconstruction keep the motion, whatever robot moves?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np

from lapa.evaluation.blocks import Block, Note, Table, folded, rows
from lapa.evaluation.codes.evidence import (
    QUANTIZERS,
    TRAINED,
    UNTRAINED,
    CodesEvidence,
    CodesSection,
)
from lapa.evaluation.codes.motion_angle import angular_errors
from lapa.evaluation.codes.motion_kept import ANGLE, COSINE, LENGTH, SHARE, motion_kept
from lapa.evaluation.finding import Finding, Metrics
from lapa.evaluation.formatting import number, too_few
from lapa.evaluation.plots.angle_histograms import Curves, plot_angles
from lapa.evaluation.plots.motion_kept_sheet import plot_motion_kept
from lapa.evaluation.score import Score, scored
from lapa.evaluation.section import Need
from lapa.records import Metric

ROWS = {
    ANGLE: ("mean angle to the true motion, degrees", 1),
    COSINE: ("mean cosine", 2),
    SHARE: ("share of the true motion that is drawn, along its direction", 2),
    LENGTH: ("length of drawn : true motion", 2),
}
SHUFFLED = "another pair's codes"
HISTOGRAM = (
    "Angle between the true motion and that of the drawn frame; grey: with another pair's codes."
)
SHEET = "Where the decoder keeps the motion, the first blue arrow points as the green one does; the second need not."
Measured = Mapping[str, Mapping[str, Metric]]
"""Whose codes -> metrics by name."""


class MotionKept(CodesSection):
    """Direction and length of the motion from frame t to the decoded frame."""

    name = "motion of reconstructions"
    title = "Motion of reconstructions"
    lead = "Optical flow compares motion without asking which robot moves, or whether its actions are known."
    needs = (Need.FLOW,)

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Measure own codes, another pair's, and the untrained quantiser."""
        decoded, params = evidence.decoded, evidence.params
        measured = {
            "its own codes": motion_kept(decoded, TRAINED, "own", params),
            SHUFFLED: motion_kept(decoded, TRAINED, "another", params),
        }
        metrics: Metrics = {
            TRAINED: tuple(metric for of in measured.values() for metric in of.values())
        }
        if UNTRAINED in evidence.models:
            control = motion_kept(decoded, UNTRAINED, "own", params)
            measured[QUANTIZERS[UNTRAINED]] = control
            metrics[UNTRAINED] = tuple(control.values())
        own = measured["its own codes"]
        return Finding(
            metrics=metrics,
            blocks=_blocks(evidence, measured),
            sentences=(_sentence(own[ANGLE], own[SHARE], measured[SHUFFLED][ANGLE]),),
            scores=_scores(measured),
        )


def _scores(measured: Measured) -> tuple[Score, ...]:
    own, *controls = measured
    return tuple(
        scored(
            MotionKept.name,
            measured[own][name],
            measured[control][name],
            control,
            better="lower" if name == ANGLE else "higher",
        )
        for control in controls
        for name in (ANGLE, SHARE)
    )


def _blocks(evidence: CodesEvidence, measured: Measured) -> tuple[Block, ...]:
    decoded = evidence.decoded
    note = Note(text=f"{len(decoded)} held-out pairs that move, each drawn from its own frame t.")
    table = Table(
        head=("", *measured),
        rows=tuple(
            (label, *(number(of[name], digits) for of in measured.values()))
            for name, (label, digits) in ROWS.items()
        ),
    )
    draw = partial(plot_angles, {"own frame t": _curves(evidence)}, "Is the motion kept?")
    sheet = partial(plot_motion_kept, decoded, TRAINED, evidence.params.num_examples)
    return (
        note,
        *rows(table),
        *evidence.plot("motion_kept_angles", draw, HISTOGRAM),
        *evidence.plot("motion_kept", sheet, SHEET),
        *_by_dataset(evidence),
    )


def _curves(evidence: CodesEvidence) -> Curves:
    curves = {
        "its own codes": _angles(evidence, TRAINED, shuffled=False),
        SHUFFLED: _angles(evidence, TRAINED, shuffled=True),
    }
    if UNTRAINED in evidence.models:
        curves["untrained"] = _angles(evidence, UNTRAINED, shuffled=False)
    return curves


def _angles(evidence: CodesEvidence, arm: str, *, shuffled: bool) -> np.ndarray:
    decoded = evidence.decoded
    seen = decoded.by(arm, "another" if shuffled else "own").motion.weighted
    return angular_errors(seen, decoded.motion.weighted, shortest=decoded.shortest)


def _by_dataset(evidence: CodesEvidence) -> tuple[Block, ...]:
    table = evidence.decoded.table
    if len(table.datasets) < 2:
        return ()
    own, shuffled = (_angles(evidence, TRAINED, shuffled=wrong) for wrong in (False, True))
    members = {name: table.dataset == name for name in table.datasets}
    shown = Table(
        head=("mean angle, degrees", "pairs", "its own codes", SHUFFLED),
        rows=tuple(
            (name, str(of.sum()), f"{own[of].mean():.0f}", f"{shuffled[of].mean():.0f}")
            for name, of in members.items()
        ),
    )
    return folded("Every dataset by itself", rows(shown))


def _sentence(angle: Metric, share: Metric, shuffled: Metric) -> str:
    measured = (
        f"{number(angle, 0)}° off, and {100 * share.value:.0f} % of it is drawn (with {SHUFFLED} "
        f"{number(shuffled, 0)}° off)"
    )
    if angle.high is None or shuffled.low is None:
        return f"Reconstructions move {measured}: {too_few(angle.n)}."
    if angle.high < shuffled.low:
        return f"Reconstructions keep the direction of the motion: {measured}."
    return f"Reconstructions do not keep the direction of the motion: {measured}."
