"""Parameters of finetuning: which head, how many labels, what is trained."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from lapa.params.augmentation import AugmentationParams
from lapa.params.base import OptimizerParams, StageParams, TrainerParams
from lapa.params.heads import BinnedHeadParams, ChosenHead


class FinetuneParams(StageParams):
    """One finetuning run: from a pretrained (or a fresh) backbone to a policy."""

    head: ChosenHead = BinnedHeadParams()
    train: Literal["head", "neck", "all"] = "neck"
    """What learns: the head alone (features are computed once), the head and the backbone's last
    layers, or everything. A backbone without pretraining (the `scratch` arm) always learns whole,
    for its features are random."""
    chunk: int = Field(default=1, gt=0)
    """Actions per prediction."""
    dataset: str | None = None
    """The robot set: a name under `datasets`, or NAME/INNER where that set holds several. Without INNER
    all of them with actions are learnt, if these mean the same, else the one with the most labelled
    frames. None: no policy; the experiment ends with the backbone."""
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

    def artefacts(
        self, *, labels: Any = None, laq: Any = None, mixture: Any = None
    ) -> dict[str, Any]:
        """Of what an arm has beside shards and backbone, by name, that which these parameters use.

        The rest is left out, so that it decides nothing.

        Args:
            labels: the arm's label set (a record, or its JSON); None where it has none.
            laq: the quantiser whose codes the backbone learnt, likewise.
            mixture: the clips that the labels label, likewise.
        """
        used: dict[str, Any] = {}
        if self.joint_latent_weight > 0 and labels is not None:
            used |= {"labels": labels, "mixture": mixture}
        if self.head.starts_from_codebook and laq is not None:
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
        if self.head.starts_from_codebook and laq is None:
            changes["head"] = self.head.without_codebook()
            notes.append(
                f"head {self.head.kind} starts from the quantiser's codebook, but this arm has no "
                "quantiser: its embeddings started at random"
            )
        return self.model_copy(update=changes), tuple(notes)

    @model_validator(mode="after")
    def _one_number_of_labels(self) -> Self:
        count, share = self.labeled_episodes, self.labeled_fraction
        if count is not None and share is not None:
            raise ValueError(
                f"finetune.labeled_episodes is {count} and finetune.labeled_fraction is {share}, "
                "expected one of them: set the other to null"
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
        if self.head.reads == "codes" and (self.train != "head" or self.use_state):
            raise ValueError(
                f"head {self.head.kind} reads codes, which pass no gradient and no state; expected train: head "
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
