"""Scores of probes as metrics."""

from __future__ import annotations

from collections.abc import Sequence

from lapa.evaluation.codes.probes import ProbeScore
from lapa.records import Metric


def probe_metrics(scores: Sequence[ProbeScore], *, untrained: bool) -> tuple[Metric, ...]:
    """Probe scores as ``probe/<kind>/<inputs>/<dimension>``, those of the untrained control or the others."""
    return tuple(
        score.interval.metric(
            f"probe/{score.kind}/{score.inputs.removeprefix('random_')}/{score.dimension}",
            n=score.episodes,
        )
        for score in scores
        if score.inputs.startswith("random_") == untrained
    )
