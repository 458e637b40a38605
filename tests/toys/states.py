"""States of trainings as they lie on disk."""

from __future__ import annotations

from pathlib import Path

from lapa.params.base import TrainerParams
from lapa.training.common.checkpoints import readable
from lapa.training.common.levels import Levels


def step_file(folder: Path, step: int) -> Path:
    """The durable state after so many steps."""
    return folder / f"step-{step:08d}.ckpt"


def levels_in(work: Path, **checkpoints: object) -> Levels:
    """Those of a training in ``work`` that saves durably at every fifth step."""
    trainer = {"max_steps": 100, "batch_size": 1, "checkpoint_every": 5, "checkpoints": checkpoints}
    return Levels("toy", work, TrainerParams.model_validate(trainer))


def newest_state(work: Path, **checkpoints: object) -> Path | None:
    """From where a training in ``work`` would go on."""
    newest = levels_in(work, **checkpoints).newest(readable)
    return newest[0] if newest else None
