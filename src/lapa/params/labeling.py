"""Parameters of labelling: how a frozen model is run over a shard set, and how actions become codes."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lapa.params.base import Accelerator, Params


class LabelingParams(Params):
    """A frozen model, or the recorded actions, over every pair of a shard set."""

    batch_size: int = Field(default=64, gt=0)
    """Pairs per forward pass."""
    precision: Literal["32-true", "bf16-mixed"] = "32-true"
    """bf16 is faster on a GPU; a pair that lies between two codes may then change sides."""
    devices: int = Field(default=1, gt=0)
    """Processes per node; each labels whole shards of its own."""
    nodes: int = Field(default=1, gt=0)
    accelerator: Accelerator = "auto"
    num_workers: int = Field(default=0, ge=0)
    """Loader processes per labelling process."""
    num_threads: int = Field(default=0, ge=0)
    """Torch intra-op threads; 0 keeps torch's choice."""
    action_bins: int = Field(default=8, ge=2)
    """K of labels that are actions: uniform bins of every dimension, from its 1st to its 99th percentile, or
    over the whole range of a switch."""
