"""The machine that an experiment is planned for; no stage computes anything else by it."""

from __future__ import annotations

from pydantic import Field

from lapa.params.base import Params


class HardwareParams(Params):
    """What `lapa plan` compares the stages with; null: not known, so not compared."""

    gpu: str | None = None
    """What it is called."""
    gpus_per_node: int | None = Field(default=None, gt=0)
    memory_gib: float | None = Field(default=None, gt=0)
    """Memory of one GPU, GiB."""
    tflops: float | None = Field(default=None, gt=0)
    """Peak of one GPU in dense bfloat16 matrix products, TFLOP/s."""
    utilization: float = Field(default=0.25, gt=0, le=1)
    """Share of the peak that trainings are assumed to reach. LAPA's 34 hours on 8 H100 (70,000 steps of 256
    samples, 7 B parameters, about 300 positions: https://arxiv.org/abs/2410.11758) are 0.22."""
