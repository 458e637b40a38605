"""What one stage asks for, in plain numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lapa.params.fabric import FabricStageParams
from lapa.params.hardware import HardwareParams
from lapa.training.foundation.planning import Plan


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


def planned_needs(
    stage: str, plan: Plan, params: FabricStageParams, *, image_size: int | None
) -> StageNeeds:
    """What a stage that trains a transformer asks for, by its plan."""
    return StageNeeds(
        stage=stage,
        parameters=plan.parameters,
        trained=plan.trained,
        devices=params.trainer.devices,
        nodes=params.trainer.nodes,
        batch=plan.effective_batch,
        steps=params.trainer.max_steps,
        tokens=plan.tokens_per_sample,
        flops=plan.flops_per_sample,
        image_size=image_size,
        memory={
            "weights": plan.weights,
            "gradients": plan.gradients,
            "optimiser state": plan.optimizer,
            "activations": plan.activations,
            "gathered": plan.gathered,
        },
    )
