"""Where values of a parameter stand on an axis from 0 to 1, and what is written there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lapa.params.search_space import Dimension, Value
from lapa.sweeps.words import value_text

TICKS = 5
MOST_DIGITS = 9
NEAREST = 0.06
"""Of the axis, between two values that are written."""


@dataclass(frozen=True)
class Scale:
    """The axis of one parameter."""

    dimension: Dimension

    def place(self, value: Value) -> float:
        """Between 0 (low, or the first choice) and 1."""
        if self.dimension.choices:
            return self._of_choice(self.dimension.choices.index(value))
        low, high, at = (self._bent(end) for end in (*self._ends, float(value or 0)))
        return (at - low) / (high - low)

    def ticks(self) -> list[tuple[float, str]]:
        """Places and their values in words."""
        if choices := self.dimension.choices:
            return [(self._of_choice(i), value_text(one)) for i, one in enumerate(choices)]
        low, high = (self._bent(end) for end in self._ends)
        between = [low + i / (TICKS - 1) * (high - low) for i in range(1, TICKS - 1)]
        if self.dimension.log:
            between = [float(power) for power in range(math.ceil(low), math.floor(high) + 1)]
        elif self.dimension.step:
            between = self._steps(low, high, float(self.dimension.step))
        clear = [at for at in between if min(at - low, high - at) > NEAREST * (high - low)]
        written = (low, *clear, high)
        return [
            ((at - low) / (high - low), text)
            for at, text in zip(written, self._texts(written), strict=True)
        ]

    @staticmethod
    def _steps(low: float, high: float, step: float) -> list[float]:
        """Values that are drawn, or every second, third… where they are many."""
        count = math.floor((high - low) / step)
        return [low + i * step for i in range(1, count + 1, 1 + count // (2 * TICKS))]

    @property
    def _ends(self) -> tuple[float, float]:
        return float(self.dimension.low or 0), float(self.dimension.high or 0)

    def _of_choice(self, index: int) -> float:
        """Choices stand a little inside the ends; one alone in the middle."""
        return (index + 0.5) / len(self.dimension.choices)

    def _bent(self, value: float) -> float:
        return math.log10(value) if self.dimension.log else value

    def _texts(self, bent: Sequence[float]) -> list[str]:
        """With as many digits as tell them apart, two at least."""
        values = [10**one if self.dimension.log else one for one in bent]
        if self.dimension.is_whole:
            return [f"{value:.0f}" for value in values]
        for digits in range(2, MOST_DIGITS):
            texts = [f"{value:.{digits}g}" for value in values]
            if len(set(texts)) == len(texts):
                return texts
        return [f"{value:.{MOST_DIGITS}g}" for value in values]


def straight(values: Sequence[float]) -> Scale:
    """The axis of the metric: from the smallest to the largest value."""
    low, high = min(values), max(values)
    return Scale(Dimension(low=float(low), high=float(high) if high > low else low + 1.0))
