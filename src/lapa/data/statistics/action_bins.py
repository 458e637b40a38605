"""Action statistics and bins, by which `lapa.models.policy.action_codec` makes actions classes.

Uniform bins span the 1st to the 99th percentile, as RT-1 and OpenVLA do; quantile bins follow the
data. A policy is saved with what is fitted here and refuses other statistics.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lapa.data.statistics.standing_still import movement
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
    units: Sequence[str] = (),
    episodes: int,
    shard_digest: str,
    datasets: Sequence[str] = (),
    bins: int = 256,
    method: BinMethod = "uniform",
) -> ActionStats:
    """Fit statistics and bins to the labelled training actions.

    Args:
        actions: ``float (step, action_dim)``, physical units, every labelled step once.
        names: one per dimension.
        units: one per dimension, empty ones unknown; none where nobody knows any.
        episodes: how many episodes the steps come from.
        shard_digest: digest of the shard set they come from.
        datasets: those of the shard set that they come from.
        bins: classes per dimension.
        method: ``uniform`` widths, or ``quantile`` (see `quantile_edges`).

    Raises:
        ValueError: no steps, values that are not finite, or names that do not match.
    """
    units = tuple(units) or ("",) * len(names)
    _check(actions, names, units)
    columns = [actions[:, i].astype(np.float64) for i in range(actions.shape[1])]
    spans = [_span(column) for column in columns]
    ranges = np.array([high - low for low, high in spans])
    largest = np.array([np.abs(column).max() for column in columns])
    moves = movement(ranges, largest, units)
    dimensions = []
    for i, (values, span) in enumerate(zip(columns, spans, strict=True)):
        bin_span = _widened(*span, moves.least_span[i]) if moves.still[i] else span
        dimensions.append(
            _fit_dimension(
                values,
                _edges(values, bin_span, bins=bins, method=method),
                name=names[i],
                unit=units[i],
                still=bool(moves.still[i]),
                least_scale=float(moves.least_scale[i]),
            )
        )
    return ActionStats(
        dimensions=tuple(dimensions),
        episodes=episodes,
        steps=len(actions),
        shard_digest=shard_digest,
        datasets=tuple(datasets),
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
    values: NDArray[np.float64], edges: NDArray[np.float64], **known: Any
) -> ActionDimension:
    p01, p99 = np.quantile(values, (0.01, 0.99))
    return ActionDimension(
        mean=float(values.mean()),
        std=float(values.std()),
        minimum=float(values.min()),
        maximum=float(values.max()),
        p01=float(p01),
        p99=float(p99),
        bin_edges=tuple(edges.tolist()),
        clipped=int(np.count_nonzero((values < edges[0]) | (values > edges[-1]))),
        **known,
    )


def _span(values: NDArray[np.float64]) -> tuple[float, float]:
    """How far a dimension moves: percentiles, or everything for discrete and constant ones."""
    low, high = (float(edge) for edge in np.quantile(values, (0.01, 0.99)))
    if _is_discrete(values) or high <= low:
        return float(values.min()), float(values.max())
    return low, high


def _widened(low: float, high: float, floor: float) -> tuple[float, float]:
    """Span of the bins of a dimension that stands still: around it, at least ``floor`` wide.

    Wide enough, too, for float32 to tell the bins apart, so that decoding returns the value.
    """
    center = (low + high) / 2
    half = max((high - low) / 2, floor / 2, 5e-4 * max(abs(center), 1.0))
    return center - half, center + half


def _edges(
    values: NDArray[np.float64], span: tuple[float, float], *, bins: int, method: BinMethod
) -> NDArray[np.float64]:
    if method == "quantile" and not _is_discrete(values):
        return quantile_edges(values, *span, bins)
    return np.linspace(*span, bins + 1)


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
