"""What a backbone names by itself: the metrics a headline may use."""

from __future__ import annotations

from collections.abc import Mapping

PREFIX = "val/"
DECODED = "decoded_"


def is_autoregressive(metrics: Mapping[str, float]) -> bool:
    """Whether the model names code j after having read codes 1 to j-1."""
    return f"{PREFIX}{DECODED}top1" in metrics


def decoded_metrics(metrics: Mapping[str, float]) -> dict[str, float]:
    """Validation metrics of what the model itself names, ``val/top1`` and the like.

    An autoregressive model is validated twice: ``val/top1`` is teacher-forced (it has seen the true
    earlier codes), ``val/decoded_top1`` has seen only its own. The second takes the first one's name
    here, and metrics that exist only with teacher forcing are left out.
    """
    if not is_autoregressive(metrics):
        return dict(metrics)
    decoded = {
        PREFIX + name.removeprefix(PREFIX + DECODED): value
        for name, value in metrics.items()
        if name.startswith(PREFIX + DECODED)
    }
    baselines = {f"{PREFIX}top1_majority", f"{PREFIX}sequence_majority"}
    teacher_forced = (f"{PREFIX}top1", f"{PREFIX}top3", f"{PREFIX}sequence", f"{PREFIX}{DECODED}")
    kept = {
        name: value
        for name, value in metrics.items()
        if name in baselines or not name.startswith(teacher_forced)
    }
    return kept | decoded
