"""Random numbers are a function of (seed, step, rank), so there is no generator state to save.

Lightning does not save torch's generator, and a rank-zero checkpoint could not hold the others'.
Seeding before every step makes a resumed run draw what the uninterrupted one drew, on any rank.
"""

from __future__ import annotations

import hashlib
import os
import random

import numpy as np
import torch


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
