"""Every score that a table of pairs gives without a decoder, by the name of its metric."""

from __future__ import annotations

from lapa.evaluation.codes.across_datasets import compass_scores, consistency_score
from lapa.evaluation.codes.disentanglement import entropy_scores
from lapa.evaluation.codes.flow_probe import flow_probe_scores
from lapa.evaluation.codes.flow_scores import flow_scores
from lapa.evaluation.codes.instruction_alignment import alignment_scores
from lapa.evaluation.codes.instruction_groups import instruction_groups
from lapa.evaluation.codes.nuisance import nuisance_probe, nuisance_scores
from lapa.evaluation.codes.pair_table import PairTable
from lapa.evaluation.codes.shared_motions import shared_motions
from lapa.evaluation.score import Score
from lapa.params.evaluation import ProbeParams


def table_scores(table: PairTable, params: ProbeParams) -> dict[str, Score]:
    return permuted_scores(table, params.resamples) | probed_scores(table, params)


def permuted_scores(table: PairTable, draws: int) -> dict[str, Score]:
    """Those whose control is a permutation."""
    scores: list[Score | None] = [
        consistency_score(motion, draws=draws, seed=0) for motion in shared_motions(table)
    ]
    scores += compass_scores(table, draws=draws, seed=0)
    scores += flow_scores(table, draws=draws, seed=0)
    scores += entropy_scores(table, draws=draws, seed=0)
    for groups in instruction_groups(table.instruction, seed=0):
        scores += alignment_scores(table, groups, draws=draws, seed=0)
    return _named(scores)


def probed_scores(
    table: PairTable, params: ProbeParams, labels: tuple[str, ...] = ("dataset", "environment")
) -> dict[str, Score]:
    """Those of linear probes."""
    scores: list[Score | None] = [*flow_probe_scores(table, params=params, seed=0)]
    for label in labels:
        scores += nuisance_scores(nuisance_probe(table, label, params=params, seed=0))
    return _named(scores)


def _named(scores: list[Score | None]) -> dict[str, Score]:
    return {score.metric.name: score for score in scores if score is not None}
