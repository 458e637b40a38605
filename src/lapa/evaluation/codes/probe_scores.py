"""Linear probes as lines of the scorecard: what the latents tell, beside the best of what knows nothing of them."""

from __future__ import annotations

from collections.abc import Sequence

from lapa.evaluation.codes.probes import ProbeScore
from lapa.evaluation.score import Score, scored
from lapa.records import Metric


def probe_scores(scores: Sequence[ProbeScore], *, reads: str) -> tuple[Score, ...]:
    """One score an action dimension.

    The control is the best of the state alone, the untrained quantiser, another pair's codes, and 0, the mean: the
    one whose interval reaches highest.

    Args:
        scores: of all probes.
        reads: ``codes``, or ``pre_quantized`` where nothing is quantised.
    """
    linear = [score for score in scores if score.kind == "linear"]
    return tuple(_scored(s, linear, reads) for s in linear if s.inputs == reads)


def _scored(own: ProbeScore, linear: Sequence[ProbeScore], reads: str) -> Score:
    labels = {
        "state": "the state alone",
        f"random_{reads}": "the untrained quantiser",
        "shuffled_labels": "another pair's latents",
    }
    controls = [(Metric(name="", value=0.0), "the mean action")] + [
        (score.interval.metric("", n=score.episodes), labels[score.inputs])
        for score in linear
        if score.dimension == own.dimension and score.inputs in labels
    ]
    control, words = max(controls, key=lambda one: _reach(one[0]))
    name = f"probe/linear/{reads}/{own.dimension}"
    return scored(
        "probes from codes to actions",
        own.interval.metric(name, n=own.episodes),
        control.model_copy(update={"name": name}),
        f"best control: {words}",
    )


def _reach(metric: Metric) -> float:
    return metric.value if metric.high is None else metric.high
