"""What codes say about actions without fitting anything: mutual information, variance between codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np

from lapa.evaluation.blocks import Table, folded, rows
from lapa.evaluation.codes.associations import (
    Association,
    associations,
    eta_squared,
    mutual_bits,
    quantile_bins,
)
from lapa.evaluation.codes.best_position import best_position_score
from lapa.evaluation.codes.build_table import build_pair_table
from lapa.evaluation.codes.encoded import Encoded
from lapa.evaluation.codes.evidence import TRAINED, CodesEvidence, CodesSection
from lapa.evaluation.codes.motion_plane import motion_plane
from lapa.evaluation.finding import Finding
from lapa.evaluation.plots.code_actions import plot_code_actions
from lapa.evaluation.score import Score
from lapa.evaluation.section import Need
from lapa.params.evaluation import EvaluationParams
from lapa.records import ShardSet

CAPTION = (
    "True motion of each pair, coloured by its code, and by its whole sequence. A code that means something "
    "owns a region."
)


class Associations(CodesSection):
    """Every code position, and the whole sequence, against every action dimension."""

    name = "mutual information of codes and actions"
    title = "Codes and true motion"
    needs = (Need.CODES, Need.ACTIONS)

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Measure all pairs of code position and dimension; plot the two dimensions that move most."""
        moving, seed = evidence.moving, evidence.params.seed
        actions = moving.actions
        measured = associations(moving.trained.discrete, actions.values, actions.names, seed=seed)
        scores = _scores(moving, evidence.shards, evidence.params)
        draw = partial(_plot, moving, measured, seed=seed)
        return Finding(
            metrics={TRAINED: tuple(score.metric for score in scores)},
            blocks=(
                *evidence.plot("code_actions", draw, CAPTION),
                *folded("Mutual information of codes and actions", rows(_table(measured))),
            ),
            scores=scores,
            data={"associations": [asdict(association) for association in measured]},
        )


def _scores(moving: Encoded, shards: ShardSet, params: EvaluationParams) -> tuple[Score, ...]:
    """Strength of the best position, over the dimensions that move, in bits and as a share of variance."""
    table = build_pair_table(moving, shards)
    values = moving.actions.values.astype(np.float64)
    values = np.delete(values, moving.actions.still(), axis=1)
    cells = (
        np.stack([quantile_bins(column) for column in values.T], axis=1) if values.size else values
    )
    how = partial(best_position_score, draws=params.probe.resamples, seed=params.seed)
    scores = (
        how("codes against true motion", "code_information", mutual_bits, table, cells),
        how("codes against true motion", "code_eta_squared", eta_squared, table, values),
    )
    return tuple(score for score in scores if score is not None)


def _plot(moving: Encoded, measured: Sequence[Association], path: Path, *, seed: int) -> None:
    plane = motion_plane(moving.actions)
    plot_code_actions(moving.trained.discrete, plane, measured, path, seed=seed)


def _table(measured: Sequence[Association]) -> Table:
    return Table(
        head=("dimension", "code", "mutual information, bits", "by chance", "η²"),
        rows=tuple(
            (
                a.dimension,
                a.token,
                f"{a.mutual_information:.2f}",
                f"{a.null:.2f}",
                f"{a.eta_squared:.2f}",
            )
            for a in measured
        ),
    )
