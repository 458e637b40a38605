"""An analysis as a user writes one: a file of its own, outside the package."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lapa.evaluation.blocks import Table, rows
from lapa.evaluation.codes.evidence import CodesEvidence, CodesSection
from lapa.evaluation.finding import Finding
from lapa.evaluation.plots.style import saved_plot
from lapa.evaluation.section import Need
from lapa.records import Metric

THRESHOLD = 0.01
"""Mean absolute change of the pixels, [0, 1], below which a pair counts as still."""


class StillPairs(CodesSection):
    """How many held-out pairs show nothing."""

    name = "still pairs"
    title = "Stillness"
    lead = "A pair in which nothing moves needs no code."

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Count the pairs whose frames hardly differ."""
        change = np.abs(evidence.encoded.pairs.difference).mean(axis=1)
        share = float((change < THRESHOLD).mean())

        def draw(path: Path) -> None:
            with saved_plot(path, figsize=(4, 2.5)) as axes:
                axes.hist(change)
                axes.set_xlabel("mean change of the pixels")

        table = Table(head=("", "share"), rows=(("still pairs", f"{share:.2f}"),))
        return Finding(
            metrics={"laq": (Metric(name="still_pairs", value=share, n=len(change)),)},
            blocks=(*rows(table), *evidence.plot("stillness", draw, "How much the pairs move.")),
            sentences=(f"{100 * share:.0f} % of the pairs are still.",),
        )


class DatasetsApart(CodesSection):
    """Does nothing; it only needs what a toy does not have."""

    name = "datasets told apart"
    title = "Stillness"
    needs = (Need.SEVERAL_DATASETS,)

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Never called with one dataset."""
        return Finding(sentences=("There are several datasets.",))


class OfSeveralArms(CodesSection):
    """Needs what evidence about codes never has."""

    name = "codes of several arms"
    title = "Stillness"
    needs = (Need.SEVERAL_ARMS,)

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Never called."""
        return Finding()
