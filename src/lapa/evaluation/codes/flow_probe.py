"""How much of the flow a linear probe reads from the codes, on episodes it never saw (V7)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.codes.latent_samples import one_hot
from lapa.evaluation.codes.pair_table import PairTable
from lapa.evaluation.codes.probes import Floats, out_of_fold
from lapa.evaluation.score import Score, scored
from lapa.evaluation.statistics.episode_bootstrap import Sums, episode_interval
from lapa.params.evaluation import ProbeParams
from lapa.records import Metric

ANALYSIS = "linear probe of the flow"
KINDS = ("mean", "weighted", "moving")
"""Ways to average the flow of a pair, as `PairMotion` has them."""
UNTRAINED = "latents of the untrained quantizer, or the mean flow (0) if that is more"
MEAN = "the mean flow"


def flow_probe_scores(table: PairTable, *, params: ProbeParams, seed: int) -> tuple[Score, ...]:
    """Scores ``flow_r2/<mean|weighted|moving>``, beside the untrained quantiser where there is one.

    Codes are read, or vectors where latents are continuous.

    Raises:
        CannotMeasureError: too few episodes or pairs, or nothing moves.
    """
    motion = table.seen_motion
    flows = {kind: flow for kind in KINDS if np.ptp(flow := getattr(motion, kind), axis=0).any()}
    if not flows:
        raise CannotMeasureError("nothing moves in the held-out pairs")
    own, untrained = _inputs(table)
    measured = _r2(own, flows, table, params=params, seed=seed)
    if untrained is None:
        return tuple(scored(ANALYSIS, metric, None, MEAN) for metric in measured)
    controls = _r2(untrained, flows, table, params=params, seed=seed)
    return tuple(
        scored(ANALYSIS, metric, _at_least_the_mean(control), UNTRAINED)
        for metric, control in zip(measured, controls, strict=True)
    )


def _at_least_the_mean(control: Metric) -> Metric:
    """The control with 0 inside its interval if it lies below: a probe that overfits is no opponent."""
    if control.high is None:
        return control.model_copy(update={"value": max(control.value, 0.0)})
    return control.model_copy(update={"high": max(control.high, 0.0)})


def _inputs(table: PairTable) -> tuple[Floats, Floats | None]:
    """What the probe reads of the trained and of the untrained quantiser."""
    if table.codes is None:
        return table.pre_quantized, table.random_pre_quantized
    size, untrained = table.codebook_size, table.random_codes
    return one_hot(table.codes, size), None if untrained is None else one_hot(untrained, size)


def _r2(
    inputs: Floats,
    flows: dict[str, NDArray[np.float32]],
    table: PairTable,
    *,
    params: ProbeParams,
    seed: int,
) -> list[Metric]:
    """R² of both axes together for each kind of flow, with its interval over episodes; one probe for all kinds."""
    every = np.concatenate(list(flows.values()), axis=1).astype(np.float64)
    read = out_of_fold(inputs, every, table.episode, kind="linear", params=params, seed=seed)
    metrics = []
    for number, kind in enumerate(flows):
        axes = slice(2 * number, 2 * number + 2)
        true, predicted = every[:, axes], read[:, axes]
        columns = (*true.T, (true**2).sum(axis=1), ((true - predicted) ** 2).sum(axis=1))
        interval = episode_interval(
            _pooled_r2, columns, table.episode, resamples=params.resamples, seed=seed
        )
        metrics.append(interval.metric(f"flow_r2/{kind}", n=len(np.unique(table.episode))))
    return metrics


def _pooled_r2(sums: Sums) -> NDArray[np.float64]:
    count, x, y, squares, residual = np.moveaxis(sums, -1, 0)
    variance = squares - (x**2 + y**2) / count
    return np.asarray(1 - residual / np.maximum(variance, 1e-12))
