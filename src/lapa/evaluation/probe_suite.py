"""The probes of one evaluation: codes and vectors, and every control they must beat."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.bottleneck import shuffled_codes
from lapa.evaluation.latent_samples import HeldOutPairs, LatentSamples, TrueActions
from lapa.evaluation.probes import ProbeKind, ProbeScore, probe
from lapa.params.evaluation import ProbeParams

KINDS: tuple[ProbeKind, ...] = ("linear", "mlp")


def probe_everything(
    pairs: HeldOutPairs,
    actions: TrueActions,
    trained: LatentSamples,
    untrained: LatentSamples,
    *,
    params: ProbeParams,
    seed: int,
) -> list[ProbeScore]:
    """Probe every input for the true actions, with a linear and with an MLP probe."""
    return [
        score
        for name, inputs in probe_inputs(pairs, trained, untrained, seed=seed).items()
        for kind in KINDS
        for score in probe(
            inputs,
            actions.values,
            pairs.episodes,
            name=name,
            kind=kind,
            dimensions=actions.names,
            params=params,
            seed=seed,
        )
    ]


def probe_inputs(
    pairs: HeldOutPairs, trained: LatentSamples, untrained: LatentSamples, *, seed: int
) -> dict[str, NDArray[np.float32]]:
    """What the probes read, by name; ``(sample, feature)`` each."""
    shuffled = LatentSamples(
        codes=shuffled_codes(trained.codes, seed=seed),
        pre_quantised=trained.pre_quantised,
        codebook_size=trained.codebook_size,
    )
    inputs = {
        "codes": trained.one_hot,
        "pre_quantised": trained.pre_quantised,
        "frame_difference": pairs.difference,
        "random_codes": untrained.one_hot,
        "random_pre_quantised": untrained.pre_quantised,
        "shuffled_labels": shuffled.one_hot,
    }
    if pairs.states is not None:
        inputs["state"] = pairs.states
    return inputs
