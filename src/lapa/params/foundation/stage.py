"""Parameters of the foundation stage: which network learns the latent actions, and how."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from lapa.params.augmentation import AugmentationParams
from lapa.params.base import OptimizerParams, Params, StageParams, TrainerParams


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


Stem = Literal["patches", "convolutions"]
"""One linear map per patch, as published, or strided 3 x 3 convolutions, with which small encoders
learn sooner from random weights (Xiao et al. 2021, https://arxiv.org/abs/2106.14881)."""


def require_stem(stem: Stem, *, patch_size: int, pretrained: str | None) -> None:
    """Refuse convolutions where they cannot stand.

    Raises:
        ValueError: the weights are published ones, or halving does not lead to the patch size.
    """
    if stem == "patches":
        return
    if pretrained:
        raise ValueError(
            f"stem: convolutions with pretrained weights {pretrained!r}; expected stem: patches, "
            "which the weights have"
        )
    if patch_size < 2 or patch_size & (patch_size - 1):
        raise ValueError(
            f"stem: convolutions with patch_size {patch_size}, expected a power of two"
        )


class VisionEncoderParams(Params):
    """A SigLIP or DINOv2 encoder: sizes, or a folder with published weights."""

    pretrained: str | None = None
    """Folder in the Hugging Face layout (or hub id) with weights; its own sizes then hold."""
    image_size: int = Field(default=224, gt=0)
    """Side of the square input, pixels; also the size at which pretrained encoders run."""
    patch_size: int = Field(default=14, gt=0)
    hidden_size: int = Field(gt=0)
    intermediate_size: int = Field(gt=0)
    layers: int = Field(gt=0)
    heads: int = Field(gt=0)
    stem: Stem = "patches"
    """How a fresh encoder embeds pixels; ``convolutions`` needs a power of two as patch size."""

    @model_validator(mode="after")
    def _stem_fits(self) -> Self:
        require_stem(self.stem, patch_size=self.patch_size, pretrained=self.pretrained)
        return self


class LanguageModelParams(Params):
    """A Llama decoder: sizes, or a folder with published weights and tokenizer."""

    pretrained: str | None = None
    """Folder in the Hugging Face layout (or hub id); its own sizes and tokenizer then hold."""
    vocabulary: int = Field(default=0, ge=0)
    """Rows of the embedding; 0 makes a word tokenizer from the training instructions."""
    hidden_size: int = Field(gt=0)
    intermediate_size: int = Field(gt=0)
    layers: int = Field(gt=0)
    heads: int = Field(gt=0)
    key_value_heads: int | None = Field(default=None, gt=0)
    """None takes ``heads`` (no grouping)."""
    max_positions: int = Field(default=4096, gt=0)


class DualEncoderParams(Params):
    """SigLIP and DINOv2 side by side, a projector, Llama, and one action query per code."""

    kind: Literal["dual_encoder"] = "dual_encoder"
    siglip: VisionEncoderParams
    dinov2: VisionEncoderParams
    language: LanguageModelParams
    grid: int | None = Field(default=None, gt=0)
    """Side of the grid both encoders are interpolated to; None takes SigLIP's own."""
    instruction_first: bool = False
    """Read the instruction before the image: a causal model's image tokens can then look for what
    it names. False is the order of the published vision-language models."""
    decoding: Literal["parallel", "autoregressive"] = "parallel"
    """All codes in one forward pass, or one after the other, each seeing those before it."""
    max_words: int = Field(default=4096, gt=3)
    """Largest vocabulary of a tokenizer made here, special words included."""
    allowed_fresh: tuple[str, ...] = ()
    """Beginnings of the names of weights that a pretrained folder may lack."""


class QwenSizes(Params):
    """Sizes of a Qwen3-VL: of one made here, or, beside ``pretrained``, what `lapa plan` counts."""

    hidden_size: int = Field(default=64, gt=0)
    intermediate_size: int = Field(default=128, gt=0)
    layers: int = Field(default=2, gt=0)
    heads: int = Field(default=4, gt=0)
    key_value_heads: int | None = Field(default=None, gt=0)
    """None takes ``heads`` (no grouping)."""
    head_dim: int | None = Field(default=None, gt=0, multiple_of=2)
    """Channels of a head; None takes ``hidden_size / heads``. Qwen3 normalises queries and keys, so
    a head cannot prefer one place by more than its square root (as a logit) before it has learnt to."""
    vision_hidden_size: int = Field(default=32, gt=0)
    vision_intermediate_size: int | None = Field(default=None, gt=0)
    """None takes twice ``vision_hidden_size``."""
    vision_layers: int = Field(default=2, gt=0)
    vision_heads: int = Field(default=2, gt=0)
    vision_positions: int | None = Field(default=None, gt=0)
    """Learned positions, a square number; None takes one per patch."""
    deepstack: tuple[int, ...] | None = None
    """Vision layers whose features also enter the first decoder layers; None takes all it can."""
    patch_size: int = Field(default=8, gt=0)
    """Pixels."""
    merge_size: int = Field(default=2, gt=0)
    """This many patches by as many become one token."""
    stem: Stem = "patches"
    """As for `VisionEncoderParams`."""
    vocabulary: int = Field(default=330, gt=256)
    """Byte-level pairs learnt from the training instructions, at most; bytes alone are 256."""
    embedding_rows: int | None = Field(default=None, gt=0)
    """Rows of the embedding, spare ones included; None takes as many as the tokenizer has words."""

    @model_validator(mode="after")
    def _stem_fits(self) -> Self:
        require_stem(self.stem, patch_size=self.patch_size, pretrained=None)
        return self


class ActionTokensParams(Params):
    """Qwen3-VL that writes its answer: ``<ACTION><ACT_3>...</ACTION>``."""

    kind: Literal["action_tokens"] = "action_tokens"
    pretrained: str | None = None
    """Folder in the Hugging Face layout (or hub id), e.g. Cosmos-Reason2-2B; its own sizes then hold,
    and ``sizes`` are what `lapa plan` counts. None makes a model of ``sizes``."""
    sizes: QwenSizes = QwenSizes()
    image_size: int = Field(default=224, gt=0)
    """Images are scaled to about this many pixels squared (whole patches)."""
    instruction_first: bool = False
    """Read the instruction before the image, as for `DualEncoderParams`."""
    code_dropout: float = Field(default=0.0, ge=0, lt=1)
    """Share of the earlier codes that training replaces by random ones. Codes of one pair predict
    each other; so the model must look at the image too (Bowman et al. 2016, section 3.1)."""
    head: Literal["tokens", "extra"] = "tokens"
    """Codes are written as tokens, or read from the last prompt position by a linear head."""
    token_loss_weight: float = Field(default=1.0, ge=0)
    """With ``head: extra``, weight of the token loss beside the head's."""
    allowed_fresh: tuple[str, ...] = ()
    """Beginnings of the names of weights that a pretrained folder may lack."""

    @model_validator(mode="after")
    def _published_weights_keep_their_stem(self) -> Self:
        sizes, merged = self.sizes, self.sizes.patch_size * self.sizes.merge_size
        require_stem(sizes.stem, patch_size=sizes.patch_size, pretrained=self.pretrained)
        if sizes.stem == "convolutions" and self.image_size % merged:
            raise ValueError(
                f"image_size {self.image_size} with stem: convolutions, expected a multiple of "
                f"patch_size x merge_size = {merged}: the processor would round it, and the "
                "convolutions must know the grid"
            )
        return self


BackendParams = Annotated[
    FilmCnnParams | DualEncoderParams | ActionTokensParams, Field(discriminator="kind")
]


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
    inside: tuple[str, ...] = ("language",)
    """Top-level modules that may get adapters."""
    target_modules: tuple[str, ...] = ("q_proj", "k_proj", "v_proj", "o_proj")
    """Endings of the names of the linear layers that get an adapter."""


class FoundationParams(StageParams):
    """Stage 2: learn to predict latent actions from frame t and an instruction."""

    backend: BackendParams
    code_seq_len: int = Field(default=4, gt=0)
    """S; must equal the label set's."""
    codebook_size: int = Field(default=8, gt=1)
    """K; must equal the label set's."""
    trainer: TrainerParams
    """``batch_size`` is per process and micro-step: the effective batch is
    ``devices x nodes x batch_size x accumulate``."""
    optimizer: OptimizerParams = OptimizerParams()
    accumulate: int = Field(default=1, gt=0)
    """Micro-batches per optimiser step; gradients synchronise at the last one only."""
    freeze: tuple[str, ...] = ()
    """Modules that do not train, by the beginning of their name (e.g. ``vision``)."""
    lora: LoraParams | None = None
    online_labels: bool = False
    """Compute codes by the frozen quantiser while training, instead of reading a label set."""
    shard: bool = False
    """Shard parameters, gradients and optimiser state over the processes (FSDP2)."""
    activation_checkpointing: bool = False
    """Recompute decoder layers in the backward pass: less memory, about a third more time."""
    augmentation: AugmentationParams = AugmentationParams()
    """Changes of the training images; validation sees none."""
    train_max_samples: int | None = Field(default=None, gt=0)
    """Training pairs at most, after the split; None takes all."""

    @model_validator(mode="after")
    def _codes_keep_their_side(self) -> Self:
        if self.augmentation.flip:
            raise ValueError(
                f"foundation.augmentation.flip is {self.augmentation.flip}, expected 0: the codes of a "
                "mirrored image are not known, and instructions name sides"
            )
        return self

    @model_validator(mode="after")
    def _optimizer_can_be_sharded(self) -> Self:
        if self.shard and self.optimizer.kind == "adafactor":
            raise ValueError(
                "shard: true with optimizer.kind adafactor: its sums over rows and columns are not "
                "defined on shards; use adamw, or shard: false"
            )
        return self

    def model(self) -> FoundationModelParams:
        """The part that describes the model alone."""
        return FoundationModelParams(
            code_seq_len=self.code_seq_len, codebook_size=self.codebook_size, backend=self.backend
        )
