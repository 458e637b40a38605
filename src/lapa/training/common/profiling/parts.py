"""The parts of an optimiser step and how long they took, step by step."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass, field
from typing import Final, Literal

import torch

Part = Literal["data", "forward", "backward", "optimizer"]
PARTS: Final[dict[Part, str]] = {
    "data": "wait for the batch",
    "forward": "augmentation, forward pass, loss",
    "backward": "backward pass",
    "optimizer": "clipping and optimizer",
}
"""Part -> what it is, in the order of a step."""


@dataclass
class StepParts:
    """Times parts of steps; each call of `passed` names what has just passed.

    On a GPU each call waits until everything that was asked of it is done: parts are exact, and the step is
    slower than it would be.
    """

    device: torch.device
    steps: list[dict[Part, float]] = field(default_factory=list, init=False)
    """Seconds of every part of every step that ended."""
    _step: dict[Part, float] = field(default_factory=dict, init=False)
    _mark: float = field(default=0.0, init=False)

    def begin(self, *, waited: float = 0.0) -> None:
        """A step begins, with a batch that has been waited for already, for so many seconds."""
        self._step = dict.fromkeys(PARTS, 0.0)
        self._step["data"] = waited
        self._mark = self._now()

    def passed(self, part: Part) -> None:
        """What passed since the last call was this part; micro-batches of a step are added up."""
        if not self._step:
            return
        now = self._now()
        self._step[part] += now - self._mark
        self._mark = now

    def end(self) -> None:
        """The step ended."""
        self.steps.append(self._step)
        self._step = {}

    def _now(self) -> float:
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        return time.perf_counter()

    def medians(self) -> dict[Part, float]:
        """Seconds of every part, medians over the steps."""
        return {part: statistics.median(step[part] for step in self.steps) for part in PARTS}

    def totals(self) -> list[float]:
        """Seconds of every step."""
        return [sum(step.values()) for step in self.steps]
