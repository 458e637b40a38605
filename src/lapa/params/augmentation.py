"""Parameters of training data augmentation."""

from __future__ import annotations

from pydantic import Field

from lapa.params.base import Params


class AugmentationParams(Params):
    """One draw per sample; both frames of a pair are changed alike. Everything is off by default."""

    flip: float = Field(default=0.0, ge=0, le=1)
    """Probability of a horizontal flip; keep 0 wherever language or actions name a side."""
    brightness: float = Field(default=0.0, ge=0, lt=1)
    """Factor drawn from 1 ± this."""
    contrast: float = Field(default=0.0, ge=0, lt=1)
    saturation: float = Field(default=0.0, ge=0, lt=1)
    erasing: float = Field(default=0.0, ge=0, le=1)
    """Probability of blanking a rectangle of 2 % to 20 % of the picture, the same in both frames."""

    shift: float = Field(default=0.0, ge=0, lt=0.5)
    """Largest shift in each direction, fraction of the side, drawn in whole pixels; the border is
    repeated (Yarats et al. 2021, https://arxiv.org/abs/2107.09645)."""

    @property
    def is_on(self) -> bool:
        """Whether anything can happen."""
        return self != AugmentationParams()
