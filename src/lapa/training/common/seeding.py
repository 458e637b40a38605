"""Random numbers are a function of (seed, step, rank), so there is no generator state to save.

Lightning does not save torch's generator, and a rank-zero checkpoint could not hold the others'.
Seeding before every step makes a resumed run draw what the uninterrupted one drew, on any rank.
"""

from __future__ import annotations

import hashlib
import os
import random

import numpy as np
import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import Callback

from lapa.distributed.ranks import rank


def derived_seed(*facts: int | str) -> int:
    """A 63-bit seed that is independent for each combination of ``facts``."""
    text = "/".join(str(fact) for fact in facts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def generator_of(*facts: int | str) -> torch.Generator:
    """A CPU generator seeded by `derived_seed`."""
    return torch.Generator().manual_seed(derived_seed(*facts))


def seed_globally(*facts: int | str) -> None:
    """Seed python, numpy and torch (all devices) by `derived_seed`."""
    seed = derived_seed(*facts)
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def prefer_deterministic_kernels() -> None:
    """Take kernels that give the same bits every time, with a warning where a GPU has none."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True, warn_only=True)
    # filling fresh memory costs more than it proves: nothing here reads uninitialised tensors
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]


class StepSeed(Callback):
    """Seeds the global generators before every training step, and alike before every validation.

    A loss that draws (flow matching) then differs between validations by the weights alone.
    """

    def __init__(self, *, seed: int) -> None:
        self._seed = seed

    def on_train_batch_start(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, batch: object, batch_idx: int
    ) -> None:
        """Draw the generators of this step and rank."""
        seed_globally(self._seed, trainer.global_step, rank())

    def on_validation_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Draw the same numbers in every validation."""
        seed_globally(self._seed, "validation", rank())
