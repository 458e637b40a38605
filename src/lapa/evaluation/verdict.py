"""What the numbers say in words: sentences computed from intervals, favourable or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lapa.records import Figure

CODE_DEPENDENCE_DB = 0.1
"""A smaller loss by shuffling the codes counts as "the decoder does not use them"."""


def success_sentence(
    task: str, arm: str, other: str, rates: Mapping[str, Figure], difference: Figure
) -> str:
    """Compare two arms on one task; beats or is worse only if the interval leaves out zero."""
    first, second = rates[arm], rates[other]
    low, high = difference.low or 0.0, difference.high or 0.0
    facts = (
        f"{arm} succeeds in {_rate(first)}, {other} in {_rate(second)}; paired difference "
        f"{100 * difference.value:+.1f} points [{100 * low:+.1f}, {100 * high:+.1f}]."
    )
    if low > 0:
        return f"On {task}, {arm} beats {other}: {facts}"
    if high < 0:
        return f"On {task}, {arm} is worse than {other}: {facts}"
    return f"On {task}, {arm} does not beat {other}: {facts}"


def _rate(rate: Figure) -> str:
    low, high = 100 * (rate.low or 0.0), 100 * (rate.high or 0.0)
    return f"{100 * rate.value:.1f} % [{low:.1f}, {high:.1f}] of {rate.n} scenes"


def code_sentences(figures: Sequence[Figure]) -> list[str]:
    """Whether the decoder uses the codes, and whether it draws better than copying."""
    named = {figure.name: figure for figure in figures}
    gain, dependence = named["psnr_gain"], named["code_dependence"]
    copies = (gain.low or 0.0) <= 0
    sentences = [
        f"The quantiser's reconstructions are {'not ' if copies else ''}better than copying "
        f"frame t: {_decibel(gain)}."
    ]
    if (dependence.low or 0.0) > CODE_DEPENDENCE_DB:
        sentences.append(
            f"The decoder uses the codes: another pair's codes cost {_decibel(dependence)}."
        )
    else:
        sentences.append(
            "The decoder does not use the codes: another pair's codes cost only "
            f"{_decibel(dependence)}, so the codes mean nothing to it."
        )
    return sentences


def probe_sentences(figures: Sequence[Figure], untrained: Sequence[Figure]) -> list[str]:
    """Per action dimension: do the codes tell more than every control does?"""
    found = {figure.name: figure for figure in figures}
    sentences = []
    for name, codes in found.items():
        if not name.startswith("probe/linear/codes/"):
            continue
        dimension = name.rsplit("/", 1)[1]
        state = found.get(f"probe/linear/state/{dimension}")
        random = next((f for f in untrained if f.name == name), None)
        controls = {"the state alone": state, "untrained codes": random}
        best, control = max(
            ((c.value, label) for label, c in controls.items() if c is not None),
            default=(0.0, "nothing"),
        )
        verb = "tell more than" if (codes.low or 0.0) > max(best, 0.0) else "tell no more than"
        sentences.append(
            f"About {dimension} the codes {verb} {control}: linear probe R² {codes.value:.2f} "
            f"[{codes.low or 0.0:.2f}, {codes.high or 0.0:.2f}] against {best:.2f}."
        )
    return sentences


def accuracy_sentence(arm: str, metrics: Mapping[str, float]) -> str | None:
    """How far the pretrained backbone is above always saying the commonest code."""
    if not {"val/top1", "val/top1_majority"} <= set(metrics):
        return None
    top, majority = metrics["val/top1"], metrics["val/top1_majority"]
    return (
        f"{arm}: the backbone names {100 * top:.1f} % of the held-out codes, "
        f"{100 * (top - majority):+.1f} points from always naming the commonest "
        f"({100 * majority:.1f} %)."
    )


def _decibel(figure: Figure) -> str:
    return f"{figure.value:+.2f} dB [{figure.low or 0.0:+.2f}, {figure.high or 0.0:+.2f}]"
