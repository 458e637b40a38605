"""Action statistics and bins, by which `lapa.models.policy.action_codec` makes actions classes.

Uniform bins span the 1st to the 99th percentile, as RT-1 and OpenVLA do; quantile bins follow the
data. A policy is saved with what is fitted here and refuses other statistics.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lapa.records import ActionDimension, ActionStats

BinMethod = Literal["uniform", "quantile"]

DISCRETE_VALUES = 16
"""A dimension with at most this many distinct values keeps its whole range.

A gripper that closes in 0.5 % of the steps would otherwise lie outside the percentiles, and the
policy could never close it.
"""

FlatActions = NDArray[np.floating[Any]]


def fit_action_stats(
    actions: FlatActions,
    *,
    names: Sequence[str],
    units: Sequence[str],
    episodes: int,
    shard_digest: str,
    bins: int = 256,
    method: BinMethod = "uniform",
) -> ActionStats:
    """Fit statistics and bins to the labelled training actions.

    Args:
        actions: ``float (step, action_dim)``, physical units, every labelled step once.
        names: one per dimension.
        units: one per dimension.
        episodes: how many episodes the steps come from.
        shard_digest: digest of the shard set they come from.
        bins: classes per dimension.
        method: ``uniform`` widths, or ``quantile`` (see `quantile_edges`).

    Raises:
        ValueError: no steps, values that are not finite, or names that do not match.
    """
    _check(actions, names, units)
    dimensions = tuple(
        _fit_dimension(actions[:, i].astype(np.float64), name, unit, bins=bins, method=method)
        for i, (name, unit) in enumerate(zip(names, units, strict=True))
    )
    return ActionStats(
        dimensions=dimensions, episodes=episodes, steps=len(actions), shard_digest=shard_digest
    )


def _check(actions: FlatActions, names: Sequence[str], units: Sequence[str]) -> None:
    if actions.ndim != 2 or len(actions) == 0:
        raise ValueError(
            f"actions have shape {actions.shape}; expected (steps, action_dim) with at least one "
            "step: are there labelled episodes in the training split?"
        )
    if not (len(names) == len(units) == actions.shape[1]):
        raise ValueError(
            f"{len(names)} names and {len(units)} units for {actions.shape[1]} action dimensions; "
            "expected one of each per dimension"
        )
    for i in np.flatnonzero(~np.isfinite(actions).all(axis=0)).tolist():
        raise ValueError(f"action dimension {names[i]!r} holds NaN or infinity; drop those steps")


def _fit_dimension(
    values: NDArray[np.float64], name: str, unit: str, *, bins: int, method: BinMethod
) -> ActionDimension:
    p01, p99 = np.quantile(values, (0.01, 0.99))
    low, high = _range(values, float(p01), float(p99))
    edges = np.linspace(low, high, bins + 1)
    if method == "quantile" and not _is_discrete(values):
        edges = quantile_edges(values, low, high, bins)
    return ActionDimension(
        name=name,
        unit=unit,
        mean=float(values.mean()),
        std=float(values.std()),
        minimum=float(values.min()),
        maximum=float(values.max()),
        p01=float(p01),
        p99=float(p99),
        bin_edges=tuple(edges.tolist()),
        clipped=int(np.count_nonzero((values < low) | (values > high))),
    )


def _range(values: NDArray[np.float64], p01: float, p99: float) -> tuple[float, float]:
    """What the bins span: percentiles, or everything for discrete and constant dimensions."""
    low, high = p01, p99
    if _is_discrete(values) or p99 <= p01:
        low, high = float(values.min()), float(values.max())
    if high > low:
        return low, high
    # Constant: a sliver wide enough for float32 to tell the bins apart, so decoding returns it.
    half = 5e-4 * max(abs(low), 1.0)
    return low - half, high + half


def _is_discrete(values: NDArray[np.float64]) -> bool:
    return len(np.unique(values)) <= DISCRETE_VALUES


def quantile_edges(
    values: NDArray[np.float64], low: float, high: float, bins: int
) -> NDArray[np.float64]:
    """Edges at the quantiles of half the data and half a uniform distribution.

    Quantiles of the data alone coincide where a value repeats and leave one huge bin in a gap; the
    uniform half keeps the edges increasing and every bin at most twice the uniform width.

    Returns:
        ``float64 (bins + 1,)``, strictly increasing from ``low`` to ``high``.
    """
    grid = np.linspace(low, high, 8 * bins + 1)
    inside = np.sort(np.clip(values, low, high))
    empirical = np.searchsorted(inside, grid, side="right") / len(inside)
    uniform = np.linspace(0.0, 1.0, len(grid))
    mixture = 0.5 * (empirical - empirical[0]) / max(1 - empirical[0], 1e-12) + 0.5 * uniform
    edges: NDArray[np.float64] = np.interp(np.linspace(0.0, mixture[-1], bins + 1), mixture, grid)
    edges[0], edges[-1] = low, high
    return edges
