"""The probes of one evaluation: codes and vectors, and every control they must beat."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.analyses import Analyses
from lapa.evaluation.codes.bottleneck import another_pairs
from lapa.evaluation.codes.latent_samples import HeldOutPairs, LatentSamples, TrueActions
from lapa.evaluation.codes.probes import ProbeKind, ProbeScore, probe
from lapa.params.evaluation import ProbeParams

KINDS: tuple[ProbeKind, ...] = ("linear", "mlp")


def probe_everything(
    pairs: HeldOutPairs,
    actions: TrueActions,
    trained: LatentSamples,
    untrained: LatentSamples | None,
    *,
    params: ProbeParams,
    seed: int,
    analyses: Analyses,
) -> list[ProbeScore]:
    """Probe every input for the true actions, with a linear and with an MLP probe.

    Each probe is an analysis of its own; dimensions that stand still are not looked at.
    """
    moving = [i for i in range(len(actions.names)) if i not in actions.still()]
    scores: list[ProbeScore] = []
    for name, inputs in probe_inputs(pairs, trained, untrained, seed=seed).items():
        for kind in KINDS:
            measure = partial(
                probe,
                inputs,
                actions.values[:, moving],
                pairs.episodes,
                name=name,
                kind=kind,
                dimensions=tuple(actions.names[i] for i in moving),
                params=params,
                seed=seed,
            )
            scores += analyses.run(f"{kind} probe of {LABELS[name]}", measure) or []
    return scores


LABELS = {
    "codes": "codes",
    "pre_quantized": "vectors before quantisation",
    "shuffled_labels": "another pair's codes (control)",
    "state": "state alone (control)",
    "frame_difference": "raw frame difference (control)",
    "random_codes": "codes of the untrained quantiser (control)",
    "random_pre_quantized": "vectors of the untrained quantiser (control)",
}
"""What each probe reads, in words, in the order of the report."""


def probe_inputs(
    pairs: HeldOutPairs, trained: LatentSamples, untrained: LatentSamples | None, *, seed: int
) -> dict[str, NDArray[np.float32]]:
    """What the probes read, by name; ``(sample, feature)`` each.

    Continuous latents have no codes: then their vectors stand for them, the shuffled control included.
    """
    inputs = {"pre_quantized": trained.pre_quantized}
    if trained.codes is not None:
        inputs = {"codes": trained.one_hot} | inputs
    shuffled = another_pairs(next(iter(inputs.values())), seed=seed)
    if untrained is not None and untrained.codes is not None:
        inputs["random_codes"] = untrained.one_hot
    inputs["frame_difference"] = pairs.difference
    if untrained is not None:
        inputs["random_pre_quantized"] = untrained.pre_quantized
    inputs["shuffled_labels"] = shuffled
    if pairs.states is not None:
        inputs["state"] = pairs.states
    return inputs


def best_read(scores: Sequence[ProbeScore]) -> list[str]:
    """Dimensions, the one first that the latents tell most about."""
    own = next((name for name in LABELS if any(s.inputs == name for s in scores)), "")
    best: dict[str, float] = {}
    for score in scores:
        value = score.interval.value if score.inputs == own else -np.inf
        best[score.dimension] = max(best.get(score.dimension, -np.inf), value)
    return sorted(best, key=lambda dimension: -best[dimension])
