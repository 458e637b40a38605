"""One figure of a benchmark, and what it is held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from suite.rounds import Spent, Spread, spread


@dataclass(frozen=True, kw_only=True)
class Row:
    """A case: its figure, and the share of its limit that it reaches, taken round by round."""

    case: str
    unit: str
    value: Spread
    limit: str = ""
    """What it is held against, measured in the same process and in turns."""
    limit_value: float | None = None
    ratio: Spread | None = None
    """Figure over limit: 1 is as fast as the limit."""

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def rate(
    case: str,
    unit: str,
    amount: float,
    spent: Sequence[Spent],
    *,
    limit: str = "",
    by: Sequence[Spent] = (),
) -> Row:
    """An amount a second of processor time, which other work distorts least.

    Args:
        case: what was done.
        unit: of the amount, e.g. ``pairs``.
        amount: done in each round.
        spent: by each round.
        limit: name of what did as much, if anything.
        by: what that spent, round by round.
    """
    rates = [amount / max(one.processor, 1e-9) for one in spent]
    limits = [amount / max(one.processor, 1e-9) for one in by]
    return Row(
        case=case,
        unit=f"{unit} / CPU-s",
        value=spread(rates),
        limit=limit,
        limit_value=spread(limits).median if limits else None,
        ratio=spread([ours / most for ours, most in zip(rates, limits, strict=True)])
        if limits
        else None,
    )


def figure(case: str, unit: str, *values: float) -> Row:
    """A figure without a limit."""
    return Row(case=case, unit=unit, value=spread(values))
