"""Parameters of the backend `action_tokens`."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from lapa.params.base import Params
from lapa.params.foundation.backend import BackendParams
from lapa.params.foundation.stem import Stem, require_stem


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


class ActionTokensParams(BackendParams):
    """Qwen3-VL that writes its answer: ``<ACTION><ACT_3>...</ACTION>``."""

    kind: Literal["action_tokens"] = "action_tokens"
    implementation = "lapa.models.foundation.action_tokens.build:build_action_tokens"
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

    def without_pretrained(self) -> Self:
        """The same sizes without the folder."""
        return self.model_copy(update={"pretrained": None})
