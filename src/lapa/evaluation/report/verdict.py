"""What the numbers say in words: sentences computed from intervals, favourable or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lapa.evaluation.report.own_answers import own_answers
from lapa.records import Metric

CODE_DEPENDENCE_DB = 0.1
"""A smaller loss by shuffling the codes counts as "the decoder does not use them"."""
MAX_NAMED = 8
"""Action dimensions that a sentence names."""


def too_few(count: int | None, what: str = "episode") -> str:
    """Why there is no verdict."""
    return (
        f"{count} {what} is too few for a verdict"
        if count == 1
        else f"{count} {what}s are too few for a verdict"
    )


def success_sentence(
    task: str, arm: str, other: str, rates: Mapping[str, Metric], difference: Metric
) -> str:
    """Compare two arms on one task; beats or is worse only if the interval leaves out zero."""
    first, second = rates[arm], rates[other]
    facts = f"{arm} succeeds in {_rate(first)}, {other} in {_rate(second)}"
    if difference.low is None or difference.high is None:
        return f"On {task}, {facts}: {too_few(difference.n, 'scene')}."
    facts += (
        f"; paired difference {100 * difference.value:+.1f} points "
        f"[{100 * difference.low:+.1f}, {100 * difference.high:+.1f}]."
    )
    if difference.low > 0:
        return f"On {task}, {arm} beats {other}: {facts}"
    if difference.high < 0:
        return f"On {task}, {arm} is worse than {other}: {facts}"
    return f"On {task}, {arm} does not beat {other}: {facts}"


def _rate(rate: Metric) -> str:
    text = f"{100 * rate.value:.1f} %"
    if rate.low is not None and rate.high is not None:
        text += f" [{100 * rate.low:.1f}, {100 * rate.high:.1f}]"
    return f"{text} of {rate.n} scenes"


def code_sentences(figures: Sequence[Metric], *, latents: str = "codes") -> list[str]:
    """Whether the decoder draws better than copying, and whether it uses the latent actions.

    Without intervals (too few episodes) the values are given and nothing is concluded.

    Args:
        figures: of the trained quantiser; nothing is said about what they leave out.
        latents: what they are called: ``codes``, or ``vectors`` where nothing is quantised.
    """
    named = {figure.name: figure for figure in figures}
    gain, dependence = named.get("psnr_gain"), named.get("code_dependence")
    sentences = []
    if gain is not None:
        sentences.append(_gain_sentence(gain))
    if dependence is not None:
        sentences.append(_dependence_sentence(dependence, latents))
    return sentences


def _gain_sentence(gain: Metric) -> str:
    if gain.low is None:
        return (
            f"The quantiser's reconstructions gain {_decibel(gain)} over copying frame t: "
            f"{too_few(gain.n)}."
        )
    copies = "not " if gain.low <= 0 else ""
    return f"The quantiser's reconstructions are {copies}better than copying frame t: {_decibel(gain)}."


def _dependence_sentence(dependence: Metric, latents: str) -> str:
    cost = f"another pair's {latents} cost"
    if dependence.low is None:
        return f"Another pair's {latents} cost {_decibel(dependence)}: {too_few(dependence.n)}."
    if dependence.low > CODE_DEPENDENCE_DB:
        return f"The decoder uses the {latents}: {cost} {_decibel(dependence)}."
    return (
        f"The decoder does not use the {latents}: {cost} only {_decibel(dependence)}, so the "
        f"{latents} mean nothing to it."
    )


@dataclass(frozen=True, kw_only=True)
class ProbeVerdict:
    """What one action dimension's linear probe says."""

    dimension: str
    tells: bool | None
    """Whether the latents tell more than every control; None with too few episodes."""
    sentence: str


def probe_verdicts(
    figures: Sequence[Metric], untrained: Sequence[Metric], *, reads: str = "codes"
) -> list[ProbeVerdict]:
    """Per action dimension: do the codes tell more than every control does?

    Args:
        figures: of the trained quantiser.
        untrained: of the untrained one.
        reads: ``codes``, or ``pre_quantized`` where nothing is quantised.
    """
    found = {figure.name: figure for figure in figures}
    prefix = f"probe/linear/{reads}/"
    return [
        _probe_verdict(name.removeprefix(prefix), codes, found, untrained)
        for name, codes in found.items()
        if name.startswith(prefix)
    ]


def _probe_verdict(
    dimension: str, codes: Metric, found: Mapping[str, Metric], untrained: Sequence[Metric]
) -> ProbeVerdict:
    state = found.get(f"probe/linear/state/{dimension}")
    random = next((f for f in untrained if f.name == codes.name), None)
    controls = {"the state alone": state, "untrained codes": random}
    best, control = max(
        ((c.value, label) for label, c in controls.items() if c is not None),
        default=(0.0, "nothing"),
    )
    against = f"against {best:.2f}"
    if codes.low is None or codes.high is None:
        sentence = (
            f"About {dimension}: linear probe R² {codes.value:.2f} {against} for {control}; "
            "too few episodes for a verdict."
        )
        return ProbeVerdict(dimension=dimension, tells=None, sentence=sentence)
    tells = codes.low > max(best, 0.0)
    verb = "tell more than" if tells else "tell no more than"
    sentence = (
        f"About {dimension} the codes {verb} {control}: linear probe R² {codes.value:.2f} "
        f"[{codes.low:.2f}, {codes.high:.2f}] {against}."
    )
    return ProbeVerdict(dimension=dimension, tells=tells, sentence=sentence)


def probe_sentences(figures: Sequence[Metric], untrained: Sequence[Metric]) -> list[str]:
    """The sentences of `probe_verdicts`."""
    return [verdict.sentence for verdict in probe_verdicts(figures, untrained)]


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


def accuracy_sentence(arm: str, metrics: Mapping[str, float]) -> str | None:
    """How far the pretrained backbone is above always saying the commonest code."""
    own = own_answers(metrics)
    if not {"val/top1", "val/top1_majority"} <= set(own):
        return None
    top, majority = own["val/top1"], own["val/top1_majority"]
    return (
        f"{arm}: the backbone names {100 * top:.1f} % of the held-out codes, "
        f"{100 * (top - majority):+.1f} points from always naming the commonest "
        f"({100 * majority:.1f} %)."
    )


def _decibel(figure: Metric) -> str:
    text = f"{figure.value:+.2f} dB"
    if figure.low is None or figure.high is None:
        return text
    return f"{text} [{figure.low:+.2f}, {figure.high:+.2f}]"
