"""Whether code sequences go with instructions: NMI and purity, against instructions exchanged between episodes (V9)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.codes.instruction_groups import InstructionGroups
from lapa.evaluation.codes.pair_table import PairTable
from lapa.evaluation.codes.permuted_score import MAX_DRAWS
from lapa.evaluation.codes.token_information import information, joint_counts, mean_of, purity
from lapa.evaluation.score import Score, scored
from lapa.evaluation.statistics.any_statistic import null_metric
from lapa.evaluation.statistics.episode_jackknife import jackknife_interval
from lapa.evaluation.statistics.episode_permutation import shuffled_labels

Ints = NDArray[np.int64]
ANALYSIS = "codes and instructions"
EXCHANGED = "instructions exchanged between episodes of a dataset"


def alignment_scores(
    table: PairTable, groups: InstructionGroups, *, draws: int, seed: int
) -> tuple[Score, ...]:
    """Scores ``instruction_nmi/<groups>`` and ``instruction_purity/<groups>`` of whole code sequences.

    Args:
        table: pairs that have an instruction.
        groups: of their instructions.
        draws: exchanges, `MAX_DRAWS` at most.
        seed: of the exchanges.

    Raises:
        CannotMeasureError: no group has two episodes of one dataset, so that nothing can be exchanged.
    """
    _require_repeats(table, groups)
    sequence = table.sequence[:, None]
    sizes = {"tokens": int(sequence.max()) + 1, "num_labels": len(groups.names)}

    def score(metric: str, of_counts: Callable[[Ints], float]) -> Score:
        name = f"instruction_{metric}/{groups.name}"

        def measured(rows: Ints) -> float:
            return of_counts(joint_counts(sequence[rows], groups.number[rows], **sizes))

        def exchanged(rng: np.random.Generator) -> float:
            labels = shuffled_labels(table.episode, groups.number, table.dataset, rng)
            return of_counts(joint_counts(sequence, labels, **sizes))

        interval = jackknife_interval(measured, table.episode)
        control = null_metric(name, exchanged, draws=min(draws, MAX_DRAWS), seed=seed)
        metric_of = interval.metric(name, n=len(np.unique(table.episode)))
        return scored(ANALYSIS, metric_of, control, EXCHANGED)

    return (
        score("nmi", lambda counts: mean_of(information(counts).normalized)),
        score("purity", lambda counts: mean_of(purity(counts))),
    )


def _require_repeats(table: PairTable, groups: InstructionGroups) -> None:
    """Exchanging instructions that occur once each changes nothing but names."""
    _, first = np.unique(table.episode, return_index=True)
    of_episode = list(
        zip(table.dataset[first].tolist(), groups.number[first].tolist(), strict=True)
    )
    if len(set(of_episode)) == len(of_episode):
        raise CannotMeasureError(
            f"every held-out episode has its own {groups.name}, so none can be exchanged"
        )
