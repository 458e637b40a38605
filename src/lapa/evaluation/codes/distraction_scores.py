"""The effect of nuisances as metrics, and as lines of the scorecard beside the untrained quantiser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lapa.evaluation.codes.distracted_scenes import CLEAN, KINDS, NOISE, UNCOMPRESSED
from lapa.evaluation.codes.distraction import Distraction
from lapa.evaluation.score import Better, Score, scored
from lapa.records import Metric

ANALYSIS = "distractors"


def distraction_metrics(measured: Sequence[Distraction], *, n: int) -> tuple[Metric, ...]:
    """Relative flips and R² at the greatest strength of every nuisance, of the clean pictures and of the floors.

    Args:
        measured: of one quantiser.
        n: scenes.
    """
    metrics = []
    for one in _strongest(measured):
        kind = one.nuisance.kind
        if one.relative_flips is not None and kind != CLEAN:
            metrics.append(one.relative_flips.metric(f"distractor_flips/{kind}", n=n))
        if one.r2 is not None:
            metrics.append(one.r2.metric(f"distractor_r2/{kind}", n=n))
    return tuple(metrics)


def distraction_scores(
    measured: Mapping[str, Sequence[Distraction]], *, n: int
) -> tuple[Score, ...]:
    """Fewer flips, and a better R², than the untrained quantiser under the same nuisance.

    Without an untrained one: fewer flips than between two pairs, a better R² than the mean's.

    Args:
        measured: by quantiser, the trained one first.
        n: scenes.
    """
    own, *others = ({m.name: m for m in distraction_metrics(one, n=n)} for one in measured.values())
    untrained = others[0] if others else {}
    sides: dict[str, tuple[Better, float, str]] = {
        "distractor_flips": ("lower", 1.0, "as many as between two pairs"),
        "distractor_r2": ("higher", 0.0, "the mean action"),
    }
    scores = []
    for kind in KINDS:
        for name, (better, bound, bound_is) in sides.items():
            metric = own.get(f"{name}/{kind}")
            if metric is None:
                continue
            control = untrained.get(metric.name)
            control_is = "the untrained quantiser" if control else bound_is
            scores.append(scored(ANALYSIS, metric, control or bound, control_is, better=better))
    return tuple(scores)


def _strongest(measured: Sequence[Distraction]) -> list[Distraction]:
    """The last of every kind; strengths ascend."""
    last = {one.nuisance.kind: one for one in measured}
    return [last[kind] for kind in (CLEAN, *KINDS, UNCOMPRESSED, NOISE) if kind in last]
