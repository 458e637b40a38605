"""The mean flow of every code as an arrow, by dataset; no action labels are needed."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.blocks import rows
from lapa.evaluation.codes.across_datasets import COMPASS, compass_scores
from lapa.evaluation.codes.compass import MIN_SAMPLES, Direction, directions
from lapa.evaluation.codes.compass_agreement import centered
from lapa.evaluation.codes.evidence import TRAINED, CodesEvidence, CodesSection
from lapa.evaluation.codes.pair_table import PairTable
from lapa.evaluation.finding import Finding
from lapa.evaluation.formatting import number
from lapa.evaluation.plots.dataset_compass import plot_dataset_compass
from lapa.evaluation.score import Score
from lapa.evaluation.score_table import score_table
from lapa.evaluation.section import Need

ABOUT = (
    f"number: code; circle: 95 % of the mean; codes seen less than {MIN_SAMPLES} times are left out"
)
CAPTIONS = {
    "raw": "Mean flow of each code: its length weighs the pixels, so that what moves counts.",
    "centered": "The same without the mean flow of the dataset, which a moving camera adds to every code.",
}
VERDICTS = {
    "passes": "points the same way in different datasets",
    "fails": "points opposite ways in different datasets",
}


class FlowCompass(CodesSection):
    """Arrows from flow, raw and without the mean of each dataset, and their agreement."""

    name = COMPASS
    title = "Codes and flow"
    needs = (Need.CODES, Need.FLOW)

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Average the flow of every code that occurs often enough.

        Raises:
            CannotMeasureError: every code is rare.
        """
        table, motion, params = evidence.table, evidence.table.seen_motion, evidence.params
        flows = {
            "raw": motion.weighted.astype(np.float64),
            "centered": centered(motion.weighted, table.group),
        }
        arrows = {name: _arrows(table, flow) for name, flow in flows.items()}
        if not arrows["raw"]:
            raise CannotMeasureError(f"no code occurs {MIN_SAMPLES} times in a dataset")
        scores: tuple[Score, ...] = ()
        if len(table.datasets) > 1:
            scores = compass_scores(table, draws=params.probe.resamples, seed=params.seed)
        else:
            evidence.analyses.skip(
                "agreement of compasses", "the held-out pairs are of one dataset"
            )
        plots = [
            block
            for name, of_one in arrows.items()
            for block in evidence.plot(
                f"flow_compass_{name}",
                partial(plot_dataset_compass, of_one, _heading(name, table, scores)),
                CAPTIONS[name],
            )
        ]
        return Finding(
            metrics={TRAINED: tuple(score.metric for score in scores)},
            blocks=(*rows(score_table(scores)), *plots),
            sentences=tuple(_sentence(score) for score in scores[-1:] if score.verdict in VERDICTS),
            scores=scores,
            data={
                name: {dataset: [asdict(arrow) for arrow in of] for dataset, of in of_one.items()}
                for name, of_one in arrows.items()
            },
        )


def _arrows(table: PairTable, flow: NDArray[np.float64]) -> dict[str, list[Direction]]:
    """By dataset; those without a code that is frequent enough are left out."""
    by_dataset = {
        name: directions(table.discrete[table.dataset == name], flow[table.dataset == name])
        for name in table.datasets
    }
    return {name: arrows for name, arrows in by_dataset.items() if arrows}


def _heading(name: str, table: PairTable, scores: tuple[Score, ...]) -> str:
    of_this = next((score for score in scores if score.metric.name.endswith(name)), None)
    without = "" if name == "raw" else ", the dataset's mean taken away"
    lines = [f"Mean flow of each code{without}; {len(table)} held-out pairs", ABOUT]
    if of_this is not None:
        lines.append(
            f"mean cosine between datasets {number(of_this.metric, 2)}; "
            f"permuted codes {number(of_this.control, 2)}"
        )
    return "\n".join(lines)


def _sentence(score: Score) -> str:
    return (
        f"A code {VERDICTS[score.verdict]}: mean cosine of its flow, without the datasets' means, "
        f"{number(score.metric, 2)}, with permuted codes {number(score.control, 2)}."
    )
