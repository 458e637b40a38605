"""Do the latents say how far something moves, or whereto?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np

from lapa.evaluation.blocks import Block, Note, Table, rows
from lapa.evaluation.codes.bottleneck import another_pairs
from lapa.evaluation.codes.decoded_pairs import numbered, pairs_that_move
from lapa.evaluation.codes.evidence import (
    QUANTIZERS,
    TRAINED,
    UNTRAINED,
    CodesEvidence,
    CodesSection,
)
from lapa.evaluation.codes.latent_samples import LatentSamples
from lapa.evaluation.codes.motion_readout import Features, at_least_the_mean, read_motion
from lapa.evaluation.codes.pair_table import PairMotion, PairTable
from lapa.evaluation.finding import Finding, Metrics
from lapa.evaluation.formatting import number
from lapa.evaluation.plots.condition_bars import plot_conditions
from lapa.evaluation.score import Score, scored
from lapa.evaluation.section import Need
from lapa.records import Metric

TARGETS = ("R² for the length (its logarithm)", "R² for the direction (cos, sin)")
CAPTION = (
    "Linear probes from the latents to length and direction of the motion that optical flow sees, on unseen "
    "episodes; grey: controls. Above zero only where the latents tell it."
)
Measured = Mapping[str, tuple[Metric, Metric]]
"""What is read, in words -> length, direction."""


class MotionReadout(CodesSection):
    """R² for the length and for the direction of the motion, beside shuffled and untrained latents."""

    name = "length and direction of motion"
    title = "How far, or whereto"
    needs = (Need.FLOW,)

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Probe both.

        Raises:
            CannotMeasureError: too few episodes or pairs that move.
        """
        table, params = evidence.table, evidence.params
        motion = _motion(table)
        moving = np.flatnonzero(pairs_that_move(motion, shortest=params.flow.threshold))
        groups, wanted = numbered(table.dataset[moving]), motion.weighted[moving]
        read = partial(read_motion, motion=wanted, episodes=table.episode[moving], params=params)
        own = _features(evidence.encoded.trained)[moving]
        others = another_pairs(own, seed=params.seed, group=groups)
        shuffled = f"another pair's {evidence.latents}"
        measured = {evidence.latents: read(own), shuffled: read(others, suffix="_shuffled")}
        metrics: Metrics = {TRAINED: (*measured[evidence.latents], *measured[shuffled])}
        if evidence.encoded.untrained is not None:
            measured[QUANTIZERS[UNTRAINED]] = read(_features(evidence.encoded.untrained)[moving])
            metrics[UNTRAINED] = measured[QUANTIZERS[UNTRAINED]]
        return Finding(
            metrics=metrics,
            blocks=_blocks(evidence, measured, len(moving)),
            sentences=(_sentence(measured[evidence.latents], evidence.latents),),
            scores=_scores(measured),
        )


def _motion(table: PairTable) -> PairMotion:
    if table.motion is None:
        raise TypeError("these pairs have no motion; add Need.FLOW to the analysis's needs")
    return table.motion


def _features(samples: LatentSamples) -> Features:
    """Codes as zeros and ones, or vectors where latents are continuous."""
    return samples.pre_quantized if samples.codes is None else samples.one_hot


def _scores(measured: Measured) -> tuple[Score, ...]:
    own, *controls = measured
    return tuple(
        scored(
            MotionReadout.name,
            measured[own][target],
            at_least_the_mean(measured[control][target]),
            f"{control}, or the mean",
        )
        for control in controls
        for target in range(len(TARGETS))
    )


def _blocks(evidence: CodesEvidence, measured: Measured, pairs: int) -> tuple[Block, ...]:
    own, *controls = measured
    episodes = measured[own][0].n
    note = Note(text=f"{pairs} held-out pairs that move, of {episodes} episodes.")
    table = Table(
        head=("read from", *TARGETS),
        rows=tuple((name, *(number(m, 2) for m in both)) for name, both in measured.items()),
    )
    panels = {
        target: {name: both[i] for name, both in measured.items()}
        for i, target in enumerate(TARGETS)
    }
    heading = f"Do the {own} tell how far, or whereto? {pairs} moving pairs of {episodes} episodes."
    draw = partial(plot_conditions, panels, controls, heading)
    return (note, *rows(table), *evidence.plot("motion_readout", draw, CAPTION))


def _sentence(both: tuple[Metric, Metric], latents: str) -> str:
    length, direction = both
    return (
        f"Of the motion in the picture the {latents} tell the direction with R² {number(direction, 2)} and the "
        f"length with R² {number(length, 2)}."
    )
