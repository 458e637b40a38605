"""Which weights of a training are exported: the best that were validated, or those of the last step.

The best so far lies in one file of the work folder, weights and metrics together, so a killed
training goes on with the same candidate.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from torch import Tensor, nn

from lapa.training.common.checkpoints import readable, save_atomically

RECOMPUTED = "_checkpoint_wrapped_module."
"""What torch puts into the names of parameters in layers that are recomputed, but not into states."""

logger = logging.getLogger(__name__)

NO_VALIDATION = (
    "there is no validation data: the weights of the last step, not chosen by any metric"
)


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """The metric of a stage that tells which of its weights are best."""

    metric: str
    """As validation logs it, e.g. ``val/loss``."""
    larger_is_better: bool = False

    def prefers(self, value: float, to: float | None) -> bool:
        """Whether ``value`` beats the best so far; a value that is no number never does."""
        if not math.isfinite(value):
            return False
        if to is None:
            return True
        return value > to if self.larger_is_better else value < to

    def best(
        self, step: int, metrics: Mapping[str, float], notes: tuple[str, ...] = ()
    ) -> Exported:
        """What a record says about weights that are best by this metric."""
        return Exported(
            step=step, metrics=dict(metrics), selected="best", selected_by=self.metric, notes=notes
        )


@dataclass(frozen=True, kw_only=True)
class Best:
    """The best weights so far, without those that do not train."""

    step: int
    metrics: dict[str, float]
    """Validation metrics of these weights."""
    weights: dict[str, Tensor]

    @classmethod
    def load(cls, work: Path) -> Best | None:
        """Read what `save` wrote; None where no validation has been kept, or the file is damaged."""
        path = _file(work)
        content = readable(path) if path.is_file() else None
        return None if content is None else cls(**content)

    def save(self, work: Path) -> None:
        """Replace the best so far, whole or not at all."""
        save_atomically(vars(self), _file(work))


@dataclass(frozen=True, kw_only=True)
class Exported:
    """What the record of a checkpoint says about its weights."""

    step: int
    """Optimiser steps behind them."""
    metrics: dict[str, float]
    """Their validation metrics."""
    selected: Literal["best", "last"] = "last"
    selected_by: str = ""
    notes: tuple[str, ...] = ()

    def facts(self) -> dict[str, Any]:
        """The fields of `lapa.records.Checkpoint`, by name."""
        return dict(vars(self))


def _file(work: Path) -> Path:
    return work / "best.ckpt"


def learnt(module: nn.Module) -> dict[str, Tensor]:
    """A copy of the state that training changes, on the CPU: no frozen weights."""
    frozen = {
        name.replace(RECOMPUTED, "")
        for name, weights in module.named_parameters()
        if not weights.requires_grad
    }
    state = module.state_dict()
    return {
        name: tensor.detach().cpu().clone() for name, tensor in state.items() if name not in frozen
    }


def put_back(module: nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Overwrite what `learnt` had copied; frozen weights stay.

    Raises:
        ValueError: the module has no tensor of such a name.
    """
    unexpected = module.load_state_dict(dict(weights), strict=False).unexpected_keys
    if unexpected:
        raise ValueError(
            f"the best weights hold {unexpected[:8]}, which the model has not; they belong to "
            "another training: delete the work folder and train again"
        )


def export(
    stage: str, criterion: Criterion | None, best: Best | None, last: Exported
) -> tuple[Exported, Mapping[str, Tensor]]:
    """Decide, say so in the log, and return the weights to put back (none for the last step).

    Args:
        stage: its name, for the log.
        criterion: what the best are best by; None where the last step is wanted.
        best: the best of the validations, the last one included.
        last: the weights of the last step.
    """
    if criterion is None or best is None or criterion.metric not in last.metrics:
        notes = last.notes if last.metrics else (*last.notes, NO_VALIDATION)
        logger.info("%s: exporting the weights of the last step, %d", stage, last.step)
        return Exported(step=last.step, metrics=last.metrics, notes=notes), {}
    name = criterion.metric
    logger.info(
        "%s: exporting the weights of step %d, the best by %s: %.4g (last step, %d: %.4g)",
        *(stage, best.step, name, best.metrics[name], last.step, last.metrics[name]),
    )
    chosen = criterion.best(best.step, best.metrics, last.notes)
    return chosen, best.weights if best.step != last.step else {}
