"""Where a parameter is searched: between two numbers, or among values."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from lapa.params.base import Params

Value = bool | int | float | str | None
"""Of a parameter that a search sets."""


class Dimension(Params):
    """``{low, high, log, step}`` or ``{choices}``."""

    low: int | float | None = None
    high: int | float | None = None
    """The largest value, itself included. Two whole numbers are searched in whole numbers."""
    log: bool = False
    """As many trials between 0.001 and 0.01 as between 0.01 and 0.1."""
    step: int | float | None = Field(default=None, gt=0)
    """Between two values; None is 1 for whole numbers and any value else."""
    choices: tuple[Value, ...] = ()
    """Values in no order."""

    @property
    def is_whole(self) -> bool:
        """Whether a range holds whole numbers alone."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    @property
    def ends(self) -> tuple[Value, ...]:
        """The ends of a range, or every choice: if these are accepted, all is."""
        return self.choices or (self.low, self.high)

    @model_validator(mode="after")
    def _is_a_range_or_choices(self) -> Self:
        if self.choices:
            if (self.low, self.high, self.step) != (None, None, None) or self.log:
                raise ValueError(
                    "choices stand with low, high, log or step, expected one or the other"
                )
            if len(set(map(repr, self.choices))) < len(self.choices):
                raise ValueError(f"choices are {list(self.choices)}, expected each once")
            return self
        if self.low is None or self.high is None:
            raise ValueError("expected low and high, or choices")
        if not self.low < self.high:
            raise ValueError(f"low is {self.low} and high {self.high}, expected low < high")
        if self.log and (self.low <= 0 or self.step is not None):
            raise ValueError(
                f"log stands with low {self.low}, step {self.step}; expected low > 0 and no step"
            )
        return self
