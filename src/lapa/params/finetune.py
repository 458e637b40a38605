"""Parameters of finetuning: which head, how many labels, what is trained."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from lapa.params.augmentation import AugmentationParams
from lapa.params.base import OptimizerParams, Params, StageParams, TrainerParams
from lapa.params.foundation.model import FoundationModelParams
from lapa.records import ActionStats, FrameCodec


class BinnedHeadParams(Params):
    """Head A: every action dimension is a classification over its bins."""

    kind: Literal["binned"] = "binned"
    hidden_dim: int = Field(default=256, gt=0)
    dropout: float = Field(default=0.0, ge=0, lt=1)
    decode: Literal["expected", "argmax"] = "expected"
    """Mean of the predicted distribution, or its most likely bin."""
    target_sigma: float = Field(default=8.0, ge=0)
    """Width, in bins, of a Gaussian around the true bin as the target; 0 is one-hot. With few
    labels most of 256 bins are never seen, and neighbours should count as nearly right
    (`docs/finetune.md` has the measurement)."""


class MlpHeadParams(Params):
    """Head B: predicted codes -> embeddings -> MLP -> action."""

    kind: Literal["mlp"] = "mlp"
    hidden_dims: tuple[int, ...] = (1024, 512, 256)
    embedding_dim: int = Field(default=32, gt=0)
    """Width of a code's embedding."""
    embeddings: Literal["fresh", "codebook"] = "fresh"
    """Where the embeddings start: random, or the quantiser's codebook (``embedding_dim`` is then its
    ``quant_dim``); they learn either way. An arm without a quantiser (`scratch`) starts at random."""


class L1HeadParams(Params):
    """Absolute error on a chunk of normalised actions."""

    kind: Literal["l1"] = "l1"
    hidden_dim: int = Field(default=256, gt=0)
    dropout: float = Field(default=0.0, ge=0, lt=1)
    beta: float = Field(default=0.0, ge=0)
    """Errors below this (normalised units) count squared; 0 is the plain absolute error."""


class FlowHeadParams(Params):
    """Flow matching from noise to a chunk of normalised actions."""

    kind: Literal["flow"] = "flow"
    hidden_dim: int = Field(default=256, gt=0)
    time_dim: int = Field(default=32, gt=0, multiple_of=2)
    """Width of the sinusoidal embedding of the flow's time."""
    steps: int = Field(default=10, gt=0)
    """Euler steps per prediction."""


HeadParams = Annotated[
    BinnedHeadParams | MlpHeadParams | L1HeadParams | FlowHeadParams, Field(discriminator="kind")
]


class PolicyModelParams(Params):
    """Everything needed to rebuild a policy; saved as its ``config.json``."""

    kind: Literal["policy"] = "policy"
    foundation: FoundationModelParams
    head: HeadParams
    chunk: int = Field(gt=0)
    """Actions per prediction."""
    state_dim: int | None = None
    """Width of the proprioceptive state it needs; None for images and words alone."""
    state_names: tuple[str, ...] = ()
    """One per column of the state; empty where nobody knows."""
    states_left_out: tuple[str, ...] = ()
    """Columns of the state that stood still in the labelled episodes: they change nothing."""
    stats: ActionStats
    frame_codec: FrameCodec
    """How its training pictures were made square and stored; raw frames go the same way."""


class FinetuneParams(StageParams):
    """One finetuning run: from a pretrained (or a fresh) backbone to a policy."""

    head: HeadParams = BinnedHeadParams()
    train: Literal["head", "neck", "all"] = "neck"
    """What learns: the head alone (features are computed once), the head and the backbone's last
    layers, or everything. A backbone without pretraining (the `scratch` arm) always learns whole,
    for its features are random."""
    chunk: int = Field(default=1, gt=0)
    """Actions per prediction."""
    dataset: str | None = None
    """Dataset of the shard set whose actions are learnt. None: all with actions, if these mean the same,
    else the one with the most labelled frames."""
    labeled_episodes: int | None = Field(default=None, gt=0)
    """Training episodes whose actions may be seen; None is all, and so is more than there are."""
    labeled_fraction: float | None = Field(default=None, gt=0, le=1)
    """Instead of a count (which must be None then): this share of the training episodes that have actions,
    at least one."""
    use_state: bool = False
    """Let the policy see the proprioceptive state at t; its weights start at zero."""
    bins: int = Field(default=256, ge=2)
    """Classes per action dimension."""
    bin_method: Literal["uniform", "quantile"] = "uniform"
    joint_latent_weight: float = Field(default=0.0, ge=0)
    """Weight of predicting the latent codes while finetuning; needs ``train: all``. An arm without
    labels (`scratch`) trains without it, and its record says so."""
    augmentation: AugmentationParams = AugmentationParams()
    """Changes of the training images; with any, features are not computed once but at every step."""
    optimizer: OptimizerParams = OptimizerParams(
        learning_rate=1e-3, final_learning_rate=1e-5, warmup_steps=30, weight_decay=0.01
    )
    trainer: TrainerParams = TrainerParams(max_steps=300, batch_size=64, validate_every=50)
    unpretrained_max_steps: int | None = Field(default=None, gt=0)
    """Optimiser steps for a backbone without pretraining, which needs more; None: as the others."""

    @property
    def starts_from_codebook(self) -> bool:
        """Whether the head's embeddings begin as the quantiser's vectors."""
        return isinstance(self.head, MlpHeadParams) and self.head.embeddings == "codebook"

    def artefacts(self, *, labels: Any = None, laq: Any = None) -> dict[str, Any]:
        """Of what an arm has beside shards and backbone, by name, that which these parameters use.

        The rest is left out, so that it decides nothing.

        Args:
            labels: the arm's label set (a record, or its JSON); None where it has none.
            laq: the quantiser whose codes the backbone learnt, likewise.
        """
        used = {}
        if self.joint_latent_weight > 0 and labels is not None:
            used["labels"] = labels
        if self.starts_from_codebook and laq is not None:
            used["laq"] = laq
        return used

    def for_arm(self, *, labels: Any, laq: Any) -> tuple[Self, tuple[str, ...]]:
        """These parameters without what an arm cannot do, and a sentence for each thing left out.

        Args:
            labels: as for `artefacts`.
            laq: likewise.
        """
        changes: dict[str, Any] = {}
        notes = []
        if self.joint_latent_weight > 0 and labels is None:
            changes["joint_latent_weight"] = 0.0
            notes.append(
                f"joint_latent_weight is {self.joint_latent_weight}, but this arm has no latent "
                "labels: it learnt the actions alone"
            )
        if self.starts_from_codebook and laq is None:
            changes["head"] = self.head.model_copy(update={"embeddings": "fresh"})
            notes.append(
                "head.embeddings is 'codebook', but this arm has no quantiser: its embeddings "
                "started at random"
            )
        return self.model_copy(update=changes), tuple(notes)

    @model_validator(mode="after")
    def _one_number_of_labels(self) -> Self:
        count, share = self.labeled_episodes, self.labeled_fraction
        if count is not None and share is not None:
            raise ValueError(
                f"finetune.labeled_episodes is {count} and finetune.labeled_fraction is {share}, "
                "expected one of them; set the other to null, e.g. "
                f"--params=finetune.labeled_episodes=null,finetune.labeled_fraction={share}"
            )
        return self

    @model_validator(mode="after")
    def _actions_keep_their_side(self) -> Self:
        if self.augmentation.flip:
            raise ValueError(
                f"finetune.augmentation.flip is {self.augmentation.flip}, expected 0: which dimensions "
                "of an action a mirror reverses is not known, and instructions name sides"
            )
        return self

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.joint_latent_weight > 0 and self.train != "all":
            raise ValueError(
                f"joint_latent_weight is {self.joint_latent_weight} but train is {self.train!r}, "
                "so a frozen trunk would have to learn the codes; set train: all or "
                "joint_latent_weight: 0"
            )
        if self.head.kind == "mlp" and (self.train != "head" or self.use_state):
            raise ValueError(
                "head mlp reads codes, which pass no gradient and no state; expected train: head "
                f"and use_state: false, found {self.train!r} and {self.use_state}"
            )
        return self

    @model_validator(mode="after")
    def _warmup_ends_in_time_without_pretraining(self) -> Self:
        steps, warmup = self.unpretrained_max_steps, self.optimizer.warmup_steps
        if steps is not None and warmup >= steps:
            raise ValueError(
                f"optimizer.warmup_steps is {warmup}, expected less than unpretrained_max_steps = "
                f"{steps}; shorten the warm-up or train longer"
            )
        return self
