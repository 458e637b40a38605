"""How much of the true motion can be read from the codes, beside everything they must beat."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

from pydantic import JsonValue

from lapa.evaluation.blocks import Block, Note, folded, listed
from lapa.evaluation.codes.evidence import UNTRAINED, CodesEvidence, CodesSection
from lapa.evaluation.codes.probe_metrics import probe_metrics
from lapa.evaluation.codes.probe_scores import probe_scores
from lapa.evaluation.codes.probe_suite import probe_everything
from lapa.evaluation.codes.probe_tables import probe_tables, target_blocks
from lapa.evaluation.codes.probe_verdicts import probe_summary, probe_verdicts
from lapa.evaluation.codes.probes import ProbeScore
from lapa.evaluation.codes.true_actions import TrueActions
from lapa.evaluation.finding import Finding
from lapa.evaluation.plots.probe_bars import plot_probes
from lapa.evaluation.section import Need

CAPTION = "How much of the true motion can be read from the codes. Only what stands above every control counts."


class Probes(CodesSection):
    """Linear and MLP probes from codes, vectors and controls to every action dimension that moves."""

    name = "probes from codes to actions"
    title = "Codes and true motion"
    needs = (Need.ACTIONS,)

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Fit and test all probes; each may fail without the others."""
        moving = evidence.moving
        scores = _scores(evidence)
        reads = "codes" if moving.trained.codes is not None else "pre_quantized"
        verdicts = probe_verdicts(scores, reads=reads)
        summary = probe_summary(verdicts)
        blocks: tuple[Block, ...] = ()
        if scores:
            blocks = target_blocks(moving.actions, moving.datasets)
            blocks += _others(evidence)
            blocks += evidence.plot("probes", partial(plot_probes, scores), CAPTION)
            blocks += probe_tables(scores)
            blocks += folded("Every dimension in words", listed([v.sentence for v in verdicts]))
        return Finding(
            metrics={
                arm: probe_metrics(scores, untrained=arm == UNTRAINED) for arm in evidence.samples
            },
            blocks=blocks,
            sentences=(summary,) if summary else (),
            scores=probe_scores(scores, reads=reads),
            data={
                "datasets": list(moving.datasets),
                "dimensions": _dimensions(moving.actions),
                "scores": [asdict(score) for score in scores],
            },
        )


def _scores(evidence: CodesEvidence) -> list[ProbeScore]:
    moving, actions = evidence.moving, evidence.moving.actions
    if still := [actions.names[i] for i in actions.still()]:
        evidence.analyses.skip(
            "probes of " + ", ".join(still),
            "these action dimensions stand still in the held-out pairs",
        )
    return probe_everything(
        moving.pairs,
        actions,
        moving.trained,
        moving.untrained,
        params=evidence.params.probe,
        seed=evidence.params.seed,
        analyses=evidence.analyses,
    )


def _others(evidence: CodesEvidence) -> tuple[Block, ...]:
    """Say where the other datasets are, if there are any."""
    others = [name for name in evidence.encoded.pairs.names if name not in evidence.moving.datasets]
    if not others:
        return ()
    return (
        Note(
            text=f"{', '.join(others)}: other actions, or none, so they are not probed together with these "
            "(which have most held-out frames); each is probed by itself under “Datasets”."
        ),
    )


def _dimensions(actions: TrueActions) -> list[JsonValue]:
    """What is known about every action dimension."""
    still = actions.still()
    return [
        {
            "name": name,
            "unit": actions.unit(i),
            "meaning": actions.meaning(i),
            "still": i in still,
        }
        for i, name in enumerate(actions.names)
    ]
