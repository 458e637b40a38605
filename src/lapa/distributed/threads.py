"""How many threads one process computes with."""

from __future__ import annotations

import torch


def set_threads(num_threads: int) -> None:
    """Set torch's intra-op threads; 0 keeps torch's choice."""
    if num_threads:
        torch.set_num_threads(num_threads)
