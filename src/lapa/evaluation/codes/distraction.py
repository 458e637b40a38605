"""What nuisances do to codes: how many flip, and what a probe fitted on clean pairs still reads from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from lapa.evaluation.codes.bottleneck import another_pairs
from lapa.evaluation.codes.distracted_scenes import CLEAN, Nuisance
from lapa.evaluation.codes.scene_latents import SceneLatents
from lapa.evaluation.codes.true_actions import TrueActions
from lapa.evaluation.statistics.episode_bootstrap import Interval, Sums, episode_interval
from lapa.params.evaluation import ProbeParams


@dataclass(frozen=True, kw_only=True)
class Distraction:
    """The effect of one nuisance at one strength on one quantiser; intervals over scenes."""

    nuisance: Nuisance
    flips: Interval | None
    """Share of codes that are others than those of the clean pair; None without codes."""
    relative_flips: Interval | None
    """`flips` over the share that differs between a pair and another one: 1 is as bad as that. None where all pairs
    have the same codes."""
    r2: Interval | None
    """Of the linear probe that was fitted on clean pairs, mean over dimensions; None without actions."""
    drop: Interval | None
    """Clean `r2` minus this, pair by pair."""


Latents = Mapping[Nuisance, SceneLatents]


def measure_distraction(
    latents: Latents,
    scenes: NDArray[np.int64],
    losses: Mapping[Nuisance, NDArray[np.float64]],
    *,
    resamples: int,
    seed: int,
) -> list[Distraction]:
    """Compare every nuisance with the clean pictures of the same moments.

    Args:
        latents: by nuisance, the clean ones among them.
        scenes: ``(pair,)``: what a bootstrap draws.
        losses: of `probe_losses`; empty without actions.
        resamples: bootstrap draws.
        seed: of the draws.
    """
    clean = Nuisance(kind=CLEAN)
    interval = partial(_interval, scenes=scenes, resamples=resamples, seed=seed)
    codes = latents[clean].codes
    others = None if codes is None else _flips(codes, another_pairs(codes, seed=seed))
    measured = []
    for nuisance, own in latents.items():
        flipped = None if codes is None or own.codes is None else _flips(codes, own.codes)
        compared = flipped is not None and others is not None and others.any()
        loss = losses.get(nuisance)
        measured.append(
            Distraction(
                nuisance=nuisance,
                flips=interval(_mean, flipped),
                relative_flips=interval(_ratio, flipped, others if compared else None),
                r2=interval(_r2, loss),
                drop=None if loss is None else interval(_mean, loss - losses[clean]),
            )
        )
    return measured


def _interval(
    statistic: Callable[[Sums], NDArray[np.float64]],
    *columns: NDArray[np.float64] | None,
    scenes: NDArray[np.int64],
    resamples: int,
    seed: int,
) -> Interval | None:
    """Over scenes; None where a column is missing."""
    known = [column for column in columns if column is not None]
    if len(known) < len(columns):
        return None
    return episode_interval(statistic, known, scenes, resamples=resamples, seed=seed)


def probe_losses(
    fitted: NDArray[np.float32],
    actions: TrueActions,
    latents: Latents,
    scene_actions: NDArray[np.float32],
    params: ProbeParams,
) -> dict[Nuisance, NDArray[np.float64]]:
    """Squared errors of a linear probe that never saw a scene, by nuisance: ``(pair,)``.

    Every dimension's error is divided by its variance over all scenes, and the mean taken of those that move: one
    minus the mean over pairs is R².

    Args:
        fitted: what the probe reads on the clean held-out pairs, ``(sample, feature)``.
        actions: of these pairs.
        latents: of the scenes.
        scene_actions: ``(pair, action_dim)``, of the same dimensions.
        params: penalties of the probe.

    Returns:
        Empty where nothing is done in any scene.
    """
    moving = [i for i in range(len(actions.names)) if i not in actions.still()]
    targets = scene_actions[:, moving].astype(np.float64)
    variance = targets.var(axis=0)
    varies = variance > 0
    if not varies.any():
        return {}
    probe = make_pipeline(StandardScaler(), RidgeCV(params.ridge))
    scaler = StandardScaler().fit(actions.values[:, moving])
    probe.fit(fitted, scaler.transform(actions.values[:, moving]))
    losses = {}
    for nuisance, of_one in latents.items():
        predicted = probe.predict(of_one.probed).reshape(len(targets), -1)
        errors = (scaler.inverse_transform(predicted) - targets) ** 2
        losses[nuisance] = (errors[:, varies] / variance[varies]).mean(axis=1)
    return losses


def _flips(clean: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share of codes that differ, ``(pair,)``."""
    return np.asarray((clean != other).mean(axis=1), np.float64)


def _mean(sums: Sums) -> NDArray[np.float64]:
    return np.asarray(sums[..., 1] / sums[..., 0])


def _ratio(sums: Sums) -> NDArray[np.float64]:
    return np.asarray(sums[..., 1] / np.maximum(sums[..., 2], 1e-9))


def _r2(sums: Sums) -> NDArray[np.float64]:
    return 1 - _mean(sums)
