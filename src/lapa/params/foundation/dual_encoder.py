"""Parameters of the backend `dual_encoder`."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from lapa.params.base import Params
from lapa.params.foundation.backend import BackendParams
from lapa.params.foundation.stem import Stem, require_stem


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


class DualEncoderParams(BackendParams):
    """SigLIP and DINOv2 side by side, a projector, Llama, and one action query per code."""

    kind: Literal["dual_encoder"] = "dual_encoder"
    implementation = "lapa.models.foundation.dual_encoder.build:build_dual_encoder"
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

    def without_pretrained(self) -> Self:
        """The same sizes without folders, in every part."""
        parts = {"siglip": self.siglip, "dinov2": self.dinov2, "language": self.language}
        return self.model_copy(
            update={n: part.model_copy(update={"pretrained": None}) for n, part in parts.items()}
        )
