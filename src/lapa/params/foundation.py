"""Parameters of the foundation stage: which network learns the latent actions, and how."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from lapa.params.base import OptimiserParams, Params, TrainerParams


class FilmCnnParams(Params):
    """Language-modulated convolutions: the embedded default, fast on a CPU."""

    kind: Literal["film_cnn"] = "film_cnn"
    image_size: int = Field(default=64, gt=0)
    """Side of the square input, pixels; other images are resized to it."""
    patch_size: int = Field(default=4, gt=0)
    """Side of a cell of the feature grid, pixels."""
    channels: int = Field(default=48, gt=0)
    blocks: int = Field(default=3, gt=0)
    """Residual blocks, each modulated by the instruction."""
    text_dim: int = Field(default=64, gt=0)
    """Width of word vectors and of the instruction vector."""
    max_words: int = Field(default=4096, gt=3)
    """Largest vocabulary, special words included."""
    feature_dim: int = Field(default=256, gt=0)


BackendParams = Annotated[FilmCnnParams, Field(discriminator="kind")]


class FoundationModelParams(Params):
    """Everything needed to rebuild a foundation model; saved as its ``config.json``."""

    kind: Literal["foundation"] = "foundation"
    code_seq_len: int = Field(gt=0)
    """S, codes per latent action."""
    codebook_size: int = Field(gt=1)
    """K."""
    backend: BackendParams


class LoraParams(Params):
    """Low-rank adapters (PEFT) on linear layers; everything else of that module freezes."""

    rank: int = Field(default=16, gt=0)
    alpha: float = 32.0
    dropout: float = Field(default=0.0, ge=0.0, lt=1.0)
    target_modules: tuple[str, ...] = ("q_proj", "k_proj", "v_proj", "o_proj")
    """Endings of the names of the linear layers that get an adapter."""


class FoundationParams(Params):
    """Stage 2: learn to predict latent actions from frame t and an instruction."""

    backend: BackendParams
    code_seq_len: int = Field(default=4, gt=0)
    """S; must equal the label set's."""
    codebook_size: int = Field(default=8, gt=1)
    """K; must equal the label set's."""
    trainer: TrainerParams
    """``batch_size`` is per process and micro-step: the effective batch is
    ``devices x nodes x batch_size x accumulate``."""
    optimiser: OptimiserParams = OptimiserParams()
    accumulate: int = Field(default=1, gt=0)
    """Micro-batches per optimiser step; gradients synchronise at the last one only."""
    freeze: tuple[str, ...] = ()
    """Modules that do not train, by the beginning of their name (e.g. ``vision``)."""
    lora: LoraParams | None = None
    shard: bool = False
    """Shard parameters, gradients and optimiser state over the processes (FSDP2)."""
    activation_checkpointing: bool = False
    """Recompute decoder layers in the backward pass: less memory, about a third more time."""
    train_max_samples: int | None = Field(default=None, gt=0)
    """Training pairs at most, after the split; None takes all."""

    def model(self) -> FoundationModelParams:
        """The part that describes the model alone."""
        return FoundationModelParams(
            code_seq_len=self.code_seq_len, codebook_size=self.codebook_size, backend=self.backend
        )
