"""What a backbone names by itself: the figures a headline may use."""

from __future__ import annotations

from collections.abc import Mapping

PREFIX = "val/"
DECODED = "decoded_"


def answers_one_after_the_other(metrics: Mapping[str, float]) -> bool:
    """Whether the model names code j after having read codes 1 to j-1."""
    return f"{PREFIX}{DECODED}top1" in metrics


def own_answers(metrics: Mapping[str, float]) -> dict[str, float]:
    """Validation figures of what the model itself names, ``val/top1`` and the like.

    A model that answers one code after the other is validated twice: ``val/top1`` has seen the true
    earlier codes, ``val/decoded_top1`` only its own. The second takes the first one's name here, and
    figures that exist only with the true codes are left out.
    """
    if not answers_one_after_the_other(metrics):
        return dict(metrics)
    decoded = {
        PREFIX + name.removeprefix(PREFIX + DECODED): value
        for name, value in metrics.items()
        if name.startswith(PREFIX + DECODED)
    }
    baselines = {f"{PREFIX}top1_majority", f"{PREFIX}sequence_majority"}
    told = (f"{PREFIX}top1", f"{PREFIX}top3", f"{PREFIX}sequence", f"{PREFIX}{DECODED}")
    kept = {
        name: value
        for name, value in metrics.items()
        if name in baselines or not name.startswith(told)
    }
    return kept | decoded
