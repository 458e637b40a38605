"""Parameters of finetuning: which head, how many labels, what is trained."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from lapa.params.base import OptimizerParams, TrainerParams
from lapa.params.fabric import FabricStageParams
from lapa.params.heads import BinnedHeadParams, ChosenHead
from lapa.params.labeled_episodes import LabeledBalance, LabeledEpisodes


class FinetuneParams(FabricStageParams):
    """One finetuning run: from a pretrained (or a fresh) backbone to a policy."""

    head: ChosenHead = BinnedHeadParams()
    train: Literal["head", "neck", "all"] | tuple[str, ...] = "neck"
    """What learns: the head alone (features are computed once), the head and the backbone's last
    layers, or everything; or exactly the modules whose names begin like those of a list, less what
    ``freeze`` names: ``head``, ``action_query``, ``state_input``, and those of the backbone
    (``language``; ``backbone.head`` is its latent head). A backbone without pretraining (the `scratch`
    arm) always learns whole, for its features are random."""
    action_query: Literal["pretrained", "new"] = "pretrained"
    """Whose answer the head reads: the mean of the backbone's own queries, or one new learned query
    (backends with queries, such as `dual_encoder`)."""
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
    labeled_balance: LabeledBalance = "none"
    """Which episodes these are: drawn from all, or from the instructions in turn, so that with ten tasks of one
    sentence each ten episodes show every task once, and twenty twice. Seeded and nested either way."""
    use_state: bool = False
    """Let the policy see the proprioceptive state at t; its weights start at zero."""
    bins: int = Field(default=256, ge=2)
    """Classes per action dimension."""
    bin_method: Literal["uniform", "quantile"] = "uniform"
    joint_latent_weight: float = Field(default=0.0, ge=0)
    """Weight of predicting the latent codes while finetuning; needs ``train: all``. An arm without
    labels (`scratch`) trains without it, and its record says so."""
    optimizer: OptimizerParams = OptimizerParams(
        learning_rate=1e-3, final_learning_rate=1e-5, warmup_steps=30, weight_decay=0.01
    )
    trainer: TrainerParams = TrainerParams(max_steps=300, batch_size=64, validate_every=50)
    unpretrained_max_steps: int | None = Field(default=None, gt=0)
    """Optimiser steps for a backbone without pretraining, which needs more; None: as the others."""
    unpretrained_learning_rate: float | None = Field(default=None, gt=0)
    """Peak learning rate for such a backbone; the rate at the end keeps its ratio to the peak. None: as the others."""

    @property
    def labels(self) -> LabeledEpisodes:
        """Which episodes show their actions."""
        return LabeledEpisodes(
            dataset=self.dataset,
            labeled_episodes=self.labeled_episodes,
            labeled_fraction=self.labeled_fraction,
            labeled_balance=self.labeled_balance,
            seed=self.trainer.seed,
        )

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

    def without_pretraining(self) -> tuple[Self, tuple[str, ...]]:
        """These parameters for a backbone that has learnt nothing, and a sentence if that changes a lot.

        All of it learns, for as long as ``unpretrained_max_steps`` and at the rate that ``unpretrained_learning_rate`` says.
        """
        narrowed = {"freeze": self.freeze, "lora": self.lora, "train": self.train}
        put_aside = [
            name for name, value in narrowed.items() if value and not isinstance(value, str)
        ]
        notes = (
            f"{' and '.join(put_aside)} put aside: the backbone has no pretraining, so all of it learnt",
        )
        steps = self.unpretrained_max_steps or self.trainer.max_steps
        changes = {
            "train": "all",
            "freeze": (),
            "lora": None,
            "trainer": self.trainer.model_copy(update={"max_steps": steps}),
            "optimizer": self._unpretrained_optimizer(),
        }
        return self.model_copy(update=changes), notes if put_aside else ()

    def _unpretrained_optimizer(self) -> OptimizerParams:
        peak = self.unpretrained_learning_rate
        if peak is None:
            return self.optimizer
        final = self.optimizer.final_learning_rate * peak / self.optimizer.learning_rate
        rates = {"learning_rate": peak, "final_learning_rate": final}
        return self.optimizer.model_copy(update=rates)

    @model_validator(mode="after")
    def _something_trains(self) -> Self:
        if not self.train or "" in (*self.freeze, *self.train):
            raise ValueError(
                f"finetune.train is {self.train!r} and finetune.freeze is {self.freeze!r}, expected head, "
                "neck, all, or a list with beginnings of names such as [language, head]"
            )
        return self

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
        if self.joint_latent_weight > 0 and self.train in {"head", "neck"}:
            raise ValueError(
                f"joint_latent_weight is {self.joint_latent_weight} but train is {self.train!r}, "
                "so a frozen trunk would have to learn the codes; set train: all, a list of modules, or "
                "joint_latent_weight: 0"
            )
        return self

    @model_validator(mode="after")
    def _codes_pass_no_gradient(self) -> Self:
        if self.head.conditioned_on != "codes":
            return self
        if self.train not in {"head", ("head",)} or self.lora or self.use_state:
            raise ValueError(
                f"head {self.head.kind} reads codes, which pass no gradient and no state; expected train: "
                f"head, lora: null and use_state: false, found {self.train!r}, {self.lora!r} and "
                f"{self.use_state}"
            )
        if self.action_query == "new":
            raise ValueError(
                f"head {self.head.kind} reads codes and action_query is 'new', which it would never see; "
                "expected action_query: pretrained, or head.condition: features"
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
