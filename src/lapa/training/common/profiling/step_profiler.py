"""Profiles some steps at the beginning of a training and writes a page and a trace about them."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

import torch
from torch.profiler import ProfilerActivity, profile

from lapa.distributed.ranks import is_rank_zero, objects_of_all
from lapa.params.base import TrainerParams
from lapa.training.common.profiling.operators import Operator, slowest
from lapa.training.common.profiling.page import profile_page
from lapa.training.common.profiling.parts import Part, StepParts

logger = logging.getLogger(__name__)

PROFILE: Final = "profile"
"""Folder beside the weights with ``profile.md`` and ``trace.json.gz``."""
_FIRST_STEPS: Final = 3
"""Steps that are not looked at: they allocate, compile and fill caches."""
_TRACED_STEPS: Final = 3
"""Steps whose operators are recorded; that slows them down, so their time is not what is told."""


class StepProfiler:
    """Times ``trainer.profile_steps`` steps part by part, then traces a few more, and does nothing from then on.

    All processes profile the same steps; what they measured is gathered, and rank zero writes.

    Args:
        stage: whose training it is, for the page.
        folder: of the training; the profile goes below.
        params: batch, devices, and how many steps.
        device: of this process.
    """

    def __init__(
        self, stage: str, folder: Path, params: TrainerParams, *, device: torch.device
    ) -> None:
        self._stage, self._folder, self._params = stage, folder / PROFILE, params
        self._parts = StepParts(device)
        self._step = 0
        self._tracer: profile | None = None
        self._over = not params.profile_steps

    @property
    def _timed(self) -> bool:
        return 0 <= self._step - _FIRST_STEPS < self._params.profile_steps

    @property
    def _last(self) -> int:
        return _FIRST_STEPS + self._params.profile_steps + _TRACED_STEPS

    def begin(self, *, waited: float = 0.0) -> None:
        """An optimiser step begins, after so many seconds of waiting for its batch."""
        if self._over:
            return
        if self._timed:
            self._parts.begin(waited=waited)
        elif self._step == _FIRST_STEPS + self._params.profile_steps:
            self._tracer = profile(activities=_activities(self._parts.device))
            self._tracer.start()

    def passed(self, part: Part) -> None:
        """What passed since the last call was this part of the step."""
        if not self._over and self._timed:
            self._parts.passed(part)

    def end(self) -> None:
        """The optimiser step ended."""
        if self._over:
            return
        if self._timed:
            self._parts.end()
        self._step += 1
        if self._step == self._last:
            self.finish()

    def finish(self) -> None:
        """The last step was profiled or the training is over; collective."""
        if self._over:
            return
        self._over = True
        operators = self._trace()
        everybody = objects_of_all(self._parts.medians() if self._parts.steps else {})
        if is_rank_zero():
            self._write(everybody, operators)

    def _trace(self) -> list[Operator]:
        if self._tracer is None:
            return []
        self._tracer.stop()
        if is_rank_zero():
            self._folder.mkdir(parents=True, exist_ok=True)
            self._tracer.export_chrome_trace(str(self._folder / "trace.json.gz"))
        return slowest(self._tracer, steps=self._step - self._last + _TRACED_STEPS)

    def _write(self, everybody: list[dict[Part, float]], operators: list[Operator]) -> None:
        if not self._parts.steps:
            logger.warning(
                "%s: nothing profiled: the training ended within its first %d steps",
                self._stage,
                _FIRST_STEPS,
            )
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        page = profile_page(self._stage, self._params, self._parts, everybody, operators)
        (self._folder / "profile.md").write_text(page.text)
        logger.info(
            "%s: profile of %d steps: %s", self._stage, len(self._parts.steps), page.verdict
        )


def _activities(device: torch.device) -> list[ProfilerActivity]:
    gpu = [ProfilerActivity.CUDA] if device.type == "cuda" else []
    return [ProfilerActivity.CPU, *gpu]
