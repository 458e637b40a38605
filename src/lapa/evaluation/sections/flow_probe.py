"""How much of the flow a linear probe reads from the codes, or from vectors where nothing is quantised."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from lapa.evaluation.blocks import rows
from lapa.evaluation.codes.evidence import TRAINED, CodesEvidence, CodesSection
from lapa.evaluation.codes.flow_probe import ANALYSIS, flow_probe_scores
from lapa.evaluation.finding import Finding
from lapa.evaluation.formatting import number
from lapa.evaluation.plots.score_dots import plot_scores
from lapa.evaluation.score import Score
from lapa.evaluation.score_table import score_table
from lapa.evaluation.section import Need

CAPTION = (
    "R² of the flow on episodes that the probe never saw: averaged over all pixels (mean), with longer flow weighing "
    "more (weighted), over the pixels that move (moving)."
)


class FlowProbe(CodesSection):
    """R² of mean, weighted and moving flow; needs no action labels and no codes."""

    name = ANALYSIS
    title = "Codes and flow"
    needs = (Need.FLOW,)

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Probe latents of the trained and of the untrained quantiser.

        Raises:
            CannotMeasureError: too few episodes or pairs, or nothing moves.
        """
        params = evidence.params
        scores = flow_probe_scores(evidence.table, params=params.probe, seed=params.seed)
        heading = f"Flow read by a linear probe from the {evidence.latents}; {len(evidence.table)} held-out pairs"
        draw = partial(
            plot_scores, scores, heading, "R² (1: all of the flow; 0: no more than its mean)"
        )
        return Finding(
            metrics={TRAINED: tuple(score.metric for score in scores)},
            blocks=(*rows(score_table(scores)), *evidence.plot("flow_probe", draw, CAPTION)),
            sentences=_sentences(scores, evidence.latents),
            scores=scores,
        )


def _sentences(scores: Sequence[Score], latents: str) -> tuple[str, ...]:
    """The flow that is read best, where any is read."""
    best = max(scores, key=lambda score: score.metric.value)
    if best.verdict != "passes":
        return ()
    kind = best.metric.name.split("/")[-1]
    return (
        f"A linear probe reads R² {number(best.metric, 2)} of the {kind} flow from the {latents}; "
        f"control ({best.control_is}): {number(best.control, 2)}.",
    )
