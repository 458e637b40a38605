"""What LeRobot has to know of a lapa policy, and what it may choose: ``--policy.type=lapa``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lerobot.configs import NormalizationMode, PreTrainedConfig
from lerobot.optim import AdamWConfig, CosineDecayWithWarmupSchedulerConfig

from lapa.models.storage import kind_of_model, read_config
from lapa.params.finetune import FinetuneParams
from lapa.params.policy import PolicyModelParams


def _small_backbone() -> dict[str, Any]:
    return {"code_seq_len": 4, "codebook_size": 8, "backend": {"kind": "film_cnn"}}


def _no_normalization() -> dict[str, NormalizationMode]:
    """LeRobot's steps change nothing: units are physical up to the policy, which has its own statistics."""
    return dict.fromkeys(("VISUAL", "STATE", "ACTION"), NormalizationMode.IDENTITY)


@PreTrainedConfig.register_subclass("lapa")
@dataclass
class LapaConfig(PreTrainedConfig):
    """One finetuning of a lapa backbone; names as LeRobot's policies have them, the rest as in lapa."""

    start_from: str | None = None
    """Folder of a lapa foundation model (a new head on it) or of a lapa policy (which goes on learning);
    None: a backbone without pretraining, all of which learns."""
    foundation: dict[str, Any] = field(default_factory=_small_backbone)
    """Without ``start_from``: `lapa.params.foundation.model.FoundationModelParams` of the backbone."""
    head: dict[str, Any] = field(default_factory=lambda: {"kind": "binned"})
    """Of a new policy: `lapa.params.heads`."""
    frames: dict[str, Any] = field(default_factory=lambda: {"image_size": 64})
    """Of a new policy: `lapa.records.FrameCodec`, how a picture is made square and compressed. Expected: that of
    the shards which the backbone learnt from."""
    chunk_size: int = 1
    """Actions per prediction."""
    n_action_steps: int = 1
    """How many of them are done before the policy looks again."""
    camera: str = ""
    """The picture it sees, ``observation.images.NAME`` or NAME; may be empty where there is one."""
    use_state: bool = False
    """Let a new policy see ``observation.state``."""
    train: str = "neck"
    """What learns: ``head``, ``neck`` or ``all``."""
    bins: int = 256
    bin_method: str = "uniform"
    episodes: list[int] | None = None
    """Episodes that bins and statistics of a new policy are fitted to; None: all. Expected: the same as
    ``--dataset.episodes``, or actions that nobody was to see decide the bins."""
    model: dict[str, Any] | None = None
    """`lapa.params.policy.PolicyModelParams` of the finished policy; filled in when it is made."""

    normalization_mapping: dict[str, NormalizationMode] = field(default_factory=_no_normalization)
    optimizer_lr: float = 1e-3
    optimizer_weight_decay: float = 0.01
    optimizer_grad_clip_norm: float = 1.0
    scheduler_warmup_steps: int = 30
    scheduler_decay_steps: int = 300
    scheduler_decay_lr: float = 1e-5

    def __post_init__(self) -> None:
        """Take over what a policy to start from has decided, and refuse what does not fit together.

        Raises:
            ValueError: more actions are to be done than are predicted, or several frames to be seen.
        """
        super().__post_init__()
        if self.start_from is None and self.model is None:
            self.train = "all"  # features of a fresh backbone are random
        elif self.model is None and kind_of_model(Path(str(self.start_from))) == "policy":
            params = read_config(Path(str(self.start_from)), PolicyModelParams)
            self.chunk_size, self.use_state = params.chunk, params.state_dim is not None
            self.head = params.head.model_dump(mode="json")
        if not 1 <= self.n_action_steps <= self.chunk_size:
            raise ValueError(
                f"n_action_steps is {self.n_action_steps}, expected 1 to chunk_size = {self.chunk_size}"
            )
        if self.n_obs_steps != 1:
            raise ValueError(f"n_obs_steps is {self.n_obs_steps}, expected 1: lapa sees one frame")

    @property
    def finetuning(self) -> FinetuneParams:
        """The same in lapa's words; refuses what lapa refuses."""
        return FinetuneParams.model_validate(
            {
                "head": self.head,
                "train": self.train,
                "chunk": self.chunk_size,
                "use_state": self.use_state,
                "bins": self.bins,
                "bin_method": self.bin_method,
            }
        )

    @property
    def observation_delta_indices(self) -> None:
        """The present frame alone."""
        return None

    @property
    def action_delta_indices(self) -> list[int]:
        """Actions from t on."""
        return list(range(self.chunk_size))

    @property
    def reward_delta_indices(self) -> None:
        """No rewards."""
        return None

    def get_optimizer_preset(self) -> AdamWConfig:
        """AdamW, as in lapa's third stage."""
        return AdamWConfig(
            lr=self.optimizer_lr,
            weight_decay=self.optimizer_weight_decay,
            grad_clip_norm=self.optimizer_grad_clip_norm,
        )

    def get_scheduler_preset(self) -> CosineDecayWithWarmupSchedulerConfig:
        """Warm-up and cosine, as there; LeRobot shortens both for a shorter training."""
        return CosineDecayWithWarmupSchedulerConfig(
            num_warmup_steps=self.scheduler_warmup_steps,
            num_decay_steps=self.scheduler_decay_steps,
            peak_lr=self.optimizer_lr,
            decay_lr=self.scheduler_decay_lr,
        )

    def validate_features(self) -> None:
        """Keep the one camera, and the state where it is used, and refuse a choice that is none.

        Raises:
            ValueError: no such camera, several and none chosen, or no actions or state.
        """
        cameras = sorted(self.image_features)
        wanted = {self.camera, f"observation.images.{self.camera}"}
        chosen = [key for key in cameras if key in wanted] if self.camera else cameras
        if len(chosen) != 1:
            raise ValueError(f"policy.camera is {self.camera!r}, expected one of {cameras}")
        self.camera = chosen[0]
        state = self.robot_state_feature
        if self.action_feature is None or (self.use_state and state is None):
            known = sorted({**(self.input_features or {}), **(self.output_features or {})})
            raise ValueError(
                f"found the features {known}, expected action, and observation.state for use_state"
            )
        self.input_features = {self.camera: self.image_features[self.camera]}
        if self.use_state and state is not None:
            self.input_features["observation.state"] = state
