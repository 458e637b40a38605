"""Parameters of stage 1: how the latent action quantiser is trained."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from lapa.params.augmentation import AugmentationParams
from lapa.params.base import OptimizerParams, Params, StageParams, TrainerParams
from lapa.params.flow import RaftParams
from lapa.params.laq.model import LaqModelParams


class CodebookParams(Params):
    """How the codebook starts and how unused rows come back."""

    initial_batches: int = Field(default=8, gt=0)
    """Batches encoded before step 0 for `codebook_init: data` and the delta's statistics."""
    replacement: Literal["usage", "original"] = "usage"
    """By usage, as the options below say; or the original project's rule and schedule, which read none
    of them (`lapa.models.laq.original_replacement`)."""
    replace_every: int = Field(default=50, ge=0)
    """Optimiser steps between replacements of unused rows; 0 switches them off."""
    replace_until: float = Field(default=0.6, ge=0, le=1)
    """Fraction of training after which no row is replaced any more."""
    replace_below: float = Field(default=0.1, ge=0, lt=1)
    """A row is unused below this fraction of the uniform share (1/K of all codes counted)."""
    replace_noise: float = Field(default=0.1, ge=0)
    """Distance of a copied row from its source, as a fraction of the distance between used rows."""


class CollapseGateParams(Params):
    """When training stops because too few codes are in use."""

    min_utilization: float = Field(default=0.3, ge=0, le=1)
    """Lowest share of the codebook that may be in use; 0 switches the gate off."""
    window: int = Field(default=100, gt=0)
    """Optimiser steps over which use is counted."""
    patience: int = Field(default=500, gt=0)
    """Optimiser steps below the minimum before training stops."""


class EmaParams(Params):
    """Exponential moving average of the weights; validated and exported when on."""

    decay: float = Field(default=0.0, ge=0, lt=1)
    """Share of the average that one step keeps; 0 switches it off."""
    start_step: int = Field(default=0, ge=0)
    """Optimiser step at which averaging begins."""


class PixelTargetParams(Params):
    """Mean squared error of the reconstruction of frame t+H."""

    weight: float = Field(default=1.0, ge=0)
    motion_weight: float = Field(default=0.0, ge=0)
    """Extra weight of pixels that changed; 3 makes them count four times."""
    motion_threshold: float = Field(default=0.05, gt=0, lt=1)
    """A pixel changed when any channel differs by more (of [0, 1]) between t and t+H."""


class FeatureTargetParams(Params):
    """Cosine distance to a frozen vision model's patch features of frame t+H."""

    weight: float = Field(gt=0)
    folder: str
    """Hugging Face model directory, or a hub id, of a vision transformer."""
    depth: int = Field(default=2, ge=0)
    """Blocks of the target's own decoder."""


class FlowTargetParams(Params):
    """Error of the optical flow from frame t to t+H, as a teacher sees it."""

    weight: float = Field(gt=0)
    teacher: Literal["dis", "raft"] = "dis"
    """Dense inverse search (OpenCV, on the CPU), or RAFT (torchvision, where the model trains)."""
    raft: RaftParams | None = None
    """Of ``teacher: raft``, and only of it: a network without given weights teaches nothing."""
    depth: int = Field(default=2, ge=0)
    """Blocks of the target's own decoder."""

    @model_validator(mode="after")
    def _teacher_has_its_parameters(self) -> Self:
        if (self.teacher == "raft") != (self.raft is not None):
            raise ValueError(
                f"targets.flow.teacher is {self.teacher!r} and targets.flow.raft is {self.raft!r}, "
                "expected `raft` with its `weights`, or `dis` without; random weights teach nothing"
            )
        return self


class ActionTargetParams(Params):
    """Supervision by the true action, for the few pairs that carry one."""

    weight: float = Field(gt=0)
    fraction: float = Field(gt=0, le=1)
    """Share of the pairs whose action may be seen; the same pairs in every epoch."""
    action_dim: int = Field(gt=0)
    scale: tuple[float, ...] | None = None
    """Typical size of each dimension over the horizon, in its unit; None takes 1."""


class TargetsParams(Params):
    """What the latent action must explain; every loss is logged under its own name."""

    pixels: PixelTargetParams = PixelTargetParams()
    features: FeatureTargetParams | None = None
    flow: FlowTargetParams | None = None
    actions: ActionTargetParams | None = None


class StreamParams(Params):
    """How `loader: stream` reads (docs/streaming.md)."""

    shuffle_buffer: int = Field(default=4096, gt=0)
    """Pairs among which the next one is drawn; each keeps its two JPEGs in memory, per loader process."""


class LaqParams(StageParams):
    """Everything `lapa.training.laq:fit` needs besides the data."""

    model: LaqModelParams
    optimizer: OptimizerParams = OptimizerParams()
    trainer: TrainerParams
    codebook: CodebookParams = CodebookParams()
    collapse_gate: CollapseGateParams = CollapseGateParams()
    ema: EmaParams = EmaParams()
    targets: TargetsParams = TargetsParams()
    loader: Literal["map", "stream"] = "map"
    """How training pairs are read. ``map``: any pair at any time, each once an epoch, exactly resumable. ``stream``:
    shards from front to back through webdataset, for sets that lie elsewhere and do not fit the disk; it promises
    neither. Validation and labelling never stream."""
    stream: StreamParams = StreamParams()
    augmentation: AugmentationParams = AugmentationParams()
    """Changes of the training pairs, both frames alike; validation and labelling see none."""
    pictures: int = Field(default=8, ge=0)
    """Fixed pairs in the reconstruction grid, and as many random ones; 0 draws none."""
    compile: bool = False
    """Compile the model's forward pass (``torch.compile``; on a CPU it needs a C++ compiler)."""

    @model_validator(mode="after")
    def _averaging_begins_in_time(self) -> Self:
        if self.ema.decay and self.ema.start_step >= self.trainer.max_steps:
            raise ValueError(
                f"ema.start_step is {self.ema.start_step}, expected less than trainer.max_steps = "
                f"{self.trainer.max_steps}: no average would ever begin; start earlier or set "
                "ema.decay to 0"
            )
        return self

    @model_validator(mode="after")
    def _no_mirrored_actions(self) -> Self:
        if self.augmentation.flip and self.targets.actions:
            raise ValueError(
                f"augmentation.flip is {self.augmentation.flip} while targets.actions is on: a "
                "mirrored pair would be shown with the action of the other side, and which "
                "dimensions of an action a mirror reverses is not known; expected flip: 0 or "
                "targets.actions: null"
            )
        return self
