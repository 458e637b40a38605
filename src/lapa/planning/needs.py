"""What one stage asks for, in plain numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lapa.params.hardware import HardwareParams


@dataclass(frozen=True, kw_only=True)
class StageNeeds:
    """Size and length of a stage that computes on devices."""

    stage: str
    parameters: int
    trained: int | None
    """Of `parameters`; 0 where the stage only computes, None where it is not counted."""
    devices: int
    """Processes of a node, one per device."""
    nodes: int
    batch: int
    """Samples per optimiser step, all processes and micro-batches together."""
    steps: int
    tokens: int | None = None
    """Positions of one sample that the network computes; None where it has none."""
    flops: float | None = None
    """Floating-point operations per sample, forward and backward."""
    image_size: int | None = None
    """Side of the square input, pixels."""
    memory: Mapping[str, int] = field(default_factory=dict)
    """Bytes per device by what holds them."""

    @property
    def processes(self) -> int:
        """All of them."""
        return self.devices * self.nodes

    @property
    def samples(self) -> int:
        """Samples that are computed, repetitions included."""
        return self.batch * self.steps

    @property
    def total_memory(self) -> int:
        """Bytes per device, without the allocator's waste."""
        return sum(self.memory.values())

    def hours(self, hardware: HardwareParams) -> float | None:
        """Time of the arithmetic alone at the assumed speed; None where either is not known."""
        if self.flops is None or hardware.tflops is None:
            return None
        speed = self.processes * hardware.tflops * 1e12 * hardware.utilization
        return self.samples * self.flops / speed / 3600
