"""Action probes: how much of the true action can be read from the codes, beside controls.

Every prediction comes from a probe that never saw the episode (grouped cross-validation on episodes
the quantiser never saw either); intervals resample episodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import GroupKFold, KFold
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.statistics.episode_bootstrap import Interval, episode_interval
from lapa.params.evaluation import ProbeParams

ProbeKind = Literal["linear", "mlp"]
Floats = NDArray[np.floating]
MIN_FITTED: dict[ProbeKind, int] = {"linear": 6, "mlp": 30}
"""Pairs a probe is fitted on at least; the MLP holds a tenth of them back to stop in time."""


@dataclass(frozen=True, kw_only=True)
class ProbeScore:
    """R² of one probe for one action dimension, with a 95 % interval over episodes."""

    inputs: str
    """What the probe reads, e.g. ``codes``."""
    kind: ProbeKind
    dimension: str
    interval: Interval
    episodes: int
    samples: int


def probe(
    inputs: Floats,
    actions: Floats,
    episodes: NDArray[np.int64],
    *,
    name: str,
    kind: ProbeKind,
    dimensions: tuple[str, ...],
    params: ProbeParams,
    seed: int,
) -> list[ProbeScore]:
    """Probe ``inputs (sample, feature)`` for ``actions (sample, action_dim)``.

    A dimension that never varies has no R² and is left out.

    Raises:
        CannotMeasureError: too few episodes or pairs, no dimension varies, or inputs are not finite.
    """
    varying = [i for i in range(actions.shape[1]) if np.ptp(actions[:, i]) > 1e-9]
    if not varying:
        raise CannotMeasureError("no action dimension changes in the held-out pairs")
    if not np.isfinite(inputs).all():
        raise CannotMeasureError(f"{name} holds NaN or infinity")
    targets = actions[:, varying].astype(np.float64)
    predicted = out_of_fold(inputs, targets, episodes, kind=kind, params=params, seed=seed)
    scores = []
    for column, dimension in enumerate(varying):
        interval = r2_interval(
            targets[:, column],
            predicted[:, column],
            episodes,
            resamples=params.resamples,
            seed=seed,
        )
        scores.append(
            ProbeScore(
                inputs=name,
                kind=kind,
                dimension=dimensions[dimension],
                interval=interval,
                episodes=len(np.unique(episodes)),
                samples=len(targets),
            )
        )
    return scores


def out_of_fold(
    inputs: Floats,
    targets: Floats,
    episodes: NDArray[np.int64],
    *,
    kind: ProbeKind,
    params: ProbeParams,
    seed: int,
) -> NDArray[np.float64]:
    """Predictions ``(sample, dimension)`` by probes fitted on other episodes.

    Raises:
        CannotMeasureError: fewer than two episodes, or too few pairs to fit this kind of probe.
    """
    distinct = len(np.unique(episodes))
    if distinct < 2:
        raise CannotMeasureError(
            f"there is {distinct} held-out episode, expected at least 2 to fit and test a probe on "
            "different ones; hold out more episodes"
        )
    predicted = np.zeros(targets.shape, dtype=np.float64)
    folds = GroupKFold(n_splits=min(params.folds, distinct))
    for fitted, tested in folds.split(inputs, targets, episodes):
        _require_enough(len(fitted), kind)
        regressor = _regressor(kind, params, seed, episodes[fitted])
        scaler = StandardScaler().fit(targets[fitted])
        regressor.fit(inputs[fitted], scaler.transform(targets[fitted]))
        raw = regressor.predict(inputs[tested]).reshape(len(tested), -1)
        predicted[tested] = scaler.inverse_transform(raw)
    return predicted


def _require_enough(pairs: int, kind: ProbeKind) -> None:
    if pairs < MIN_FITTED[kind]:
        raise CannotMeasureError(
            f"there are {pairs} held-out pairs to fit the {kind} probe on, expected at least "
            f"{MIN_FITTED[kind]}; hold out more episodes"
        )


def _regressor(kind: ProbeKind, params: ProbeParams, seed: int, groups: NDArray[np.int64]) -> Any:
    if kind == "linear":
        return make_pipeline(StandardScaler(), _ridge(params, groups))
    network = MLPRegressor(
        hidden_layer_sizes=(params.hidden_dim,),
        alpha=1e-3,
        learning_rate_init=3e-3,
        max_iter=params.max_iterations,
        early_stopping=True,
        n_iter_no_change=10,
        random_state=seed,
    )
    return make_pipeline(StandardScaler(), network)


def _ridge(params: ProbeParams, groups: NDArray[np.int64]) -> RidgeCV:
    """Ridge whose penalty is chosen on episodes it was not fitted on, for every input alike.

    A fixed small penalty lets inputs of many features (the frame difference has 192) overfit, and a
    control that overfits is no opponent. ``groups`` are the episodes of the fitted pairs.
    """
    distinct = len(np.unique(groups))
    if distinct > 1:
        splits = list(GroupKFold(min(3, distinct)).split(groups, groups=groups))
    else:
        splits = list(KFold(3).split(groups))
    return RidgeCV(list(params.ridge), cv=splits, scoring="neg_mean_squared_error")


def r2_interval(
    truth: Floats,
    predicted: Floats,
    episodes: NDArray[np.int64],
    *,
    resamples: int,
    seed: int,
) -> Interval:
    """R² and its 95 % bootstrap interval over episodes."""
    columns = (truth, truth**2, (truth - predicted) ** 2)
    return episode_interval(_r2, columns, episodes, resamples=resamples, seed=seed)


def _r2(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    count, first, second, residual = np.moveaxis(sums, -1, 0)
    return np.asarray(1 - residual / np.maximum(second - first**2 / count, 1e-12))
