"""The three trainings at a size that takes a second, on data that is made once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lapa.params.finetune import FinetuneParams
from lapa.params.foundation.stage import FoundationParams
from lapa.records import Checkpoint, ShardSet
from lapa.training.foundation import fit as fit_foundation
from lapa.training.laq import fit as fit_laq
from lapa.training.policy import fit as fit_policy
from toys.foundations import params as foundation_params
from toys.homing import film_backbone, homing_shards
from toys.labeled_squares import SPEC, LabeledSquares, labeled_squares
from toys.squares import tiny_params

STAGES = ("laq", "foundation", "policy")
TRAINER = {
    "max_steps": 24,
    "batch_size": 8,
    "validate_every": 8,
    "val_max_samples": 16,
    "checkpoint_every": 5,
    "log_every": 1,
    "accelerator": "cpu",
    "num_threads": 1,
}


@dataclass(frozen=True)
class SmallStages:
    """What the trainings read."""

    squares: LabeledSquares
    homing: ShardSet
    backbone: Checkpoint

    @classmethod
    def make(cls, folder: Path) -> SmallStages:
        """Make the data in a folder, each in one of its own."""
        homing = homing_shards(folder / "homing", n=24)
        return cls(
            squares=labeled_squares(folder / "squares", n=24),
            homing=homing,
            backbone=film_backbone(folder / "backbone", homing, step=100),
        )

    def fit(self, stage: str, work: Path, **trainer: Any) -> Checkpoint:
        """Train one of `STAGES`, or go on with it."""
        settings = TRAINER | trainer
        if stage == "laq":
            return self._laq(work, settings)
        if stage == "foundation":
            return self._foundation(work, settings)
        return self._policy(work, settings)

    def _laq(self, work: Path, trainer: dict[str, Any]) -> Checkpoint:
        params = tiny_params(
            model={"image_size": 16, "patch_size": 2}, ema={"decay": 0.9}, trainer=trainer
        )
        return fit_laq(shards=self.squares[0], pair_spec=SPEC, params=params, work=work)

    def _foundation(self, work: Path, trainer: dict[str, Any]) -> Checkpoint:
        shards, labels = self.squares
        params = self.foundation_params(**trainer)
        return fit_foundation(shards=shards, labels=labels, params=params, work=work)

    def foundation_params(self, **trainer: Any) -> FoundationParams:
        """Of two micro-batches a step, and pictures that change."""
        return foundation_params(
            trainer=TRAINER | trainer, accumulate=2, augmentation={"shift": 0.1}
        )

    def _policy(self, work: Path, trainer: dict[str, Any]) -> Checkpoint:
        params = FinetuneParams.model_validate(
            {
                "labeled_episodes": 16,
                "head": {"kind": "binned", "hidden_dim": 32},
                "optimizer": {"learning_rate": 3e-3, "warmup_steps": 3},
                "trainer": trainer,
            }
        )
        return fit_policy(shards=self.homing, foundation=self.backbone, params=params, work=work)
