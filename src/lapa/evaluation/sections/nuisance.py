"""Whether codes name the dataset or the scene, which is not what they are for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from lapa.evaluation.blocks import Table, folded, rows
from lapa.evaluation.codes.evidence import TRAINED, CodesEvidence, CodesSection
from lapa.evaluation.codes.nuisance import (
    ANALYSIS,
    NuisanceProbe,
    accuracy_of,
    nuisance_probe,
    nuisance_scores,
)
from lapa.evaluation.finding import Finding
from lapa.evaluation.formatting import number
from lapa.evaluation.plots.score_dots import plot_scores
from lapa.evaluation.score import Score
from lapa.evaluation.score_table import score_table
from lapa.evaluation.section import Need

CAPTION = (
    "How often a linear probe names the dataset (the scene) of a pair from its code, on episodes it never saw; below: the "
    "same minus what it reads from the untrained quantiser's codes. Left of the control is better."
)
LABELS = {"dataset": Need.SEVERAL_DATASETS, "environment": Need.ENVIRONMENTS}


class Nuisance(CodesSection):
    """Linear probes from codes to dataset and environment."""

    name = ANALYSIS
    title = "What else the codes tell"
    needs = (Need.CODES,)

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Probe for each label of which there is more than one."""
        probes = [p for label in LABELS if (p := _probe(evidence, label)) is not None]
        if not probes:
            return Finding()
        scores = tuple(score for of_one in probes for score in nuisance_scores(of_one))
        heading = (
            f"Names that a linear probe reads from the codes; {len(evidence.table)} held-out pairs"
        )
        draw = partial(
            plot_scores,
            scores,
            heading,
            "share of the pairs named rightly, or a difference of shares",
        )
        return Finding(
            metrics={TRAINED: tuple(score.metric for score in scores)},
            blocks=(
                *rows(score_table(scores)),
                *evidence.plot("nuisance", draw, CAPTION),
                *folded("What else names them", rows(_table(probes))),
            ),
            sentences=tuple(_sentence(score) for score in scores if score.verdict == "fails"),
            scores=scores,
        )


def _probe(evidence: CodesEvidence, label: str) -> NuisanceProbe | None:
    """Probe for one label; listed with the reason where it cannot be."""
    name = f"nuisance probe of the {label}"
    if (reason := evidence.absences()[LABELS[label]]) is not None:
        evidence.analyses.skip(name, reason)
        return None
    params = evidence.params
    measure = partial(nuisance_probe, evidence.table, label, params=params.probe, seed=params.seed)
    return evidence.analyses.run(name, measure)


def _table(probes: Sequence[NuisanceProbe]) -> Table:
    return Table(
        head=("named", "of", "read from", "accuracy", "commonest class"),
        rows=tuple(
            (
                of_one.label,
                str(of_one.classes),
                reads,
                number(accuracy_of(of_one, reads, reads), 3),
                f"{of_one.chance:.3f}",
            )
            for of_one in probes
            for reads in of_one.correct
        ),
    )


def _sentence(score: Score) -> str:
    label = score.metric.name.split("/")[-1]
    if "minus" in score.metric.name:
        return (
            f"Warning: the codes name the {label} more often than those of the untrained quantiser, by "
            f"{number(score.metric, 2)} of the pairs."
        )
    return (
        f"Warning: the codes name the {label} of {number(score.metric, 2)} of the pairs; {number(score.control, 2)} "
        "would be allowed."
    )
