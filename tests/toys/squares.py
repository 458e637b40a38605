"""A square that moves one step in one of four directions: the smallest world with actions."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lapa.data.loading.loader import evaluation_loader, training_loader
from lapa.distributed.ranks import rank, world_size
from lapa.params.laq.stage import LaqParams
from lapa.training.laq.loaders import LaqLoaders

MOVES = np.array([[0, 1], [0, -1], [1, 0], [-1, 0]])
SIDE, SQUARE, STEP = 32, 8, 3


class Squares:
    """``count`` pairs; the action of a pair is its move in pixels."""

    def __init__(self, *, count: int, seed: int, moving: bool = True) -> None:
        random = np.random.default_rng(seed)
        self.corners = random.integers(STEP, SIDE - SQUARE - STEP + 1, size=(count, 2))
        self.moves = MOVES[random.integers(0, 4, size=count)] * STEP * moving

    def __len__(self) -> int:
        return len(self.corners)

    @property
    def samples_per_epoch(self) -> int:
        return len(self)

    def epoch_positions(self, epoch: int) -> NDArray[np.int64]:
        return np.arange(len(self))

    def __getitem__(self, index: int) -> dict[str, Any]:
        frames = np.full((2, SIDE, SIDE, 3), 30, np.uint8)
        for frame, corner in zip(
            frames, (self.corners[index], self.corners[index] + self.moves[index]), strict=True
        ):
            row, column = corner
            frame[row : row + SQUARE, column : column + SQUARE] = (220, 60, 60)
        return {
            "frames": frames,
            "sample_id": np.int64(index),
            "actions": self.moves[index].astype(np.float32),
        }


def tiny_params(**changes: Any) -> LaqParams:
    """A quantiser of some ten thousand parameters; sections of ``changes`` are merged."""
    sections: dict[str, Any] = {
        "model": {
            "image_size": SIDE,
            "patch_size": 4,
            "dim": 32,
            "heads": 2,
            "head_dim": 16,
            "spatial_depth": 1,
            "temporal_depth": 1,
            "code_seq_len": 1,
            "codebook_size": 8,
            "quant_dim": 4,
            "codebook_init": "data",
            "encode_difference": True,
            "normalize_delta": True,
            "predict_difference": True,
        },
        "optimizer": {"learning_rate": 2e-3, "warmup_steps": 2},
        "trainer": {
            "max_steps": 12,
            "batch_size": 8,
            "validate_every": 6,
            "val_max_samples": 16,
            "checkpoint_every": 5,
            "log_every": 2,
            "accelerator": "cpu",
        },
        "codebook": {"initial_batches": 4, "replace_every": 3},
        "pictures": 0,
    }
    for name, values in changes.items():
        merge = isinstance(values, dict) and isinstance(sections.get(name), dict)
        sections[name] = sections[name] | values if merge else values
    return LaqParams.model_validate(sections)


def squares_loaders(params: LaqParams, *, count: int = 64, moving: bool = True) -> LaqLoaders:
    """Loaders over `Squares`, for this process."""
    trainer = params.trainer
    share = {"batch_size": trainer.batch_size, "rank": rank(), "world_size": world_size()}
    train = Squares(count=count, seed=1, moving=moving)
    val = Squares(count=trainer.val_max_samples, seed=2)
    build = partial(training_loader, train, seed=trainer.seed, max_steps=trainer.max_steps, **share)
    return LaqLoaders(
        train=lambda start: build(start_step=start),
        val=evaluation_loader(val, **share),
        val_pairs=val,
    )
