"""Pixels of frame t+H, drawn by the model's own decoder."""

from __future__ import annotations

from torch import Tensor

from lapa.params.laq.stage import PixelTargetParams
from lapa.training.laq.targets.base import PairResult, Target


class PixelTarget(Target):
    """Mean squared error, with more weight on pixels that changed if asked for."""

    def __init__(self, params: PixelTargetParams) -> None:
        super().__init__()
        self.weight = params.weight
        self._motion_weight = params.motion_weight
        self._motion_threshold = params.motion_threshold

    def forward(self, result: PairResult) -> Tensor:
        """Compare reconstruction and frame t+H."""
        first, last = result.frames.unbind(dim=2)
        error = (result.output.reconstruction.float() - last).square()
        if not self._motion_weight:
            return error.mean()
        moved = (last - first).abs().amax(dim=1, keepdim=True) > self._motion_threshold
        return (error * (1 + self._motion_weight * moved)).mean()
