"""What the linear probes say in words: sentences computed from intervals, favourable or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lapa.evaluation.codes.probes import ProbeScore

MAX_NAMED = 8
"""Action dimensions that a sentence names."""


@dataclass(frozen=True, kw_only=True)
class ProbeVerdict:
    """What one action dimension's linear probe says."""

    dimension: str
    tells: bool | None
    """Whether the latents tell more than every control; None with too few episodes."""
    sentence: str


def probe_verdicts(scores: Sequence[ProbeScore], *, reads: str = "codes") -> list[ProbeVerdict]:
    """Per action dimension: do the codes tell more than the state alone and untrained codes do?

    Args:
        scores: of all probes.
        reads: ``codes``, or ``pre_quantized`` where nothing is quantised.
    """
    linear = [score for score in scores if score.kind == "linear"]
    return [_verdict(score, linear, reads) for score in linear if score.inputs == reads]


def _verdict(codes: ProbeScore, linear: Sequence[ProbeScore], reads: str) -> ProbeVerdict:
    labels = {"state": "the state alone", f"random_{reads}": "untrained codes"}
    best, control = max(
        (
            (score.interval.value, labels[score.inputs])
            for score in linear
            if score.dimension == codes.dimension and score.inputs in labels
        ),
        default=(0.0, "nothing"),
    )
    against = f"against {best:.2f}"
    interval, dimension = codes.interval, codes.dimension
    if interval.low is None or interval.high is None:
        sentence = (
            f"About {dimension}: linear probe R² {interval.value:.2f} {against} for {control}; "
            "too few episodes for a verdict."
        )
        return ProbeVerdict(dimension=dimension, tells=None, sentence=sentence)
    tells = interval.low > max(best, 0.0)
    verb = "tell more than" if tells else "tell no more than"
    sentence = (
        f"About {dimension} the codes {verb} {control}: linear probe R² {interval.value:.2f} "
        f"[{interval.low:.2f}, {interval.high:.2f}] {against}."
    )
    return ProbeVerdict(dimension=dimension, tells=tells, sentence=sentence)


def probe_summary(verdicts: Sequence[ProbeVerdict]) -> str | None:
    """All probes in one sentence; None where there are none."""
    if not verdicts:
        return None
    if any(v.tells is None for v in verdicts):
        return "Probes from codes to actions have too few held-out episodes for a verdict."
    tell = [v.dimension for v in verdicts if v.tells]
    if len(verdicts) == 1:
        return verdicts[0].sentence
    if not tell:
        return (
            f"The codes tell no more than the controls about any of the {len(verdicts)} action "
            "dimensions."
        )
    named = ", ".join(tell[:MAX_NAMED]) + (", …" if len(tell) > MAX_NAMED else "")
    return (
        f"The codes tell more than every control about {len(tell)} of {len(verdicts)} action "
        f"dimensions: {named}."
    )
