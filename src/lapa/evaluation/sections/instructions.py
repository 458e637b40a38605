"""Whether code sequences go with instructions."""

from __future__ import annotations

from functools import partial

import numpy as np

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.blocks import Block, rows
from lapa.evaluation.codes.evidence import TRAINED, CodesEvidence, CodesSection
from lapa.evaluation.codes.instruction_alignment import ANALYSIS, alignment_scores
from lapa.evaluation.codes.instruction_groups import InstructionGroups, instruction_groups
from lapa.evaluation.codes.pair_table import PairTable
from lapa.evaluation.finding import Finding
from lapa.evaluation.formatting import number
from lapa.evaluation.plots.instruction_codes import plot_instruction_codes
from lapa.evaluation.score import Score
from lapa.evaluation.score_table import score_table
from lapa.evaluation.section import Need

CAPTION = (
    "Which codes occur under which instruction. Where codes know nothing of it, all rows are alike."
)


class Instructions(CodesSection):
    """NMI and purity of code sequences and instructions, their verbs, and clusters of them."""

    name = ANALYSIS
    title = "Codes and instructions"
    lead = (
        "An instruction belongs to a whole episode, of which one code sees a moment; so even codes that mean every "
        "motion tell little of it. Only what exceeds exchanged instructions counts."
    )
    needs = (Need.CODES, Need.INSTRUCTIONS)

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Measure each way to group instructions; one that cannot be is listed.

        Raises:
            CannotMeasureError: none can be.
        """
        params, whole = evidence.params, evidence.table
        table = whole.take(np.flatnonzero(whole.instruction != ""))
        measured: list[tuple[InstructionGroups, tuple[Score, ...]]] = []
        for groups in instruction_groups(table.instruction, seed=params.seed):
            align = partial(
                alignment_scores, table, groups, draws=params.probe.resamples, seed=params.seed
            )
            scores = evidence.analyses.run(f"{ANALYSIS}: {groups.name}", align)
            if scores is not None:
                measured.append((groups, scores))
        if not measured:
            raise CannotMeasureError("no instruction can be exchanged between episodes")
        every = tuple(score for _, scores in measured for score in scores)
        return Finding(
            metrics={TRAINED: tuple(score.metric for score in every)},
            blocks=(*rows(score_table(every)), *_plot(evidence, table, *measured[0])),
            sentences=tuple(_sentence(*of_one) for of_one in measured if _goes(of_one)),
            scores=every,
        )


def _goes(measured: tuple[InstructionGroups, tuple[Score, ...]]) -> bool:
    """Whether sequences are seen to go with this way to group instructions."""
    return measured[1][0].verdict == "passes"


def _plot(
    evidence: CodesEvidence,
    table: PairTable,
    groups: InstructionGroups,
    scores: tuple[Score, ...],
) -> tuple[Block, ...]:
    nmi = scores[0]
    heading = (
        f"Codes by {groups.name} (of {len(groups.names)}, the commonest); {len(table)} held-out pairs\n"
        f"NMI of sequences {number(nmi.metric, 3)}, instructions exchanged {number(nmi.control, 3)}"
    )
    draw = partial(
        plot_instruction_codes,
        codes=table.discrete,
        number=groups.number,
        names=groups.names,
        codebook_size=table.codebook_size,
        heading=heading,
    )
    return evidence.plot("instruction_codes", draw, CAPTION)


def _sentence(groups: InstructionGroups, scores: tuple[Score, ...]) -> str:
    nmi = scores[0]
    return (
        f"Code sequences go with the {groups.name}: NMI {number(nmi.metric, 3)}, instructions exchanged "
        f"{number(nmi.control, 3)}."
    )
