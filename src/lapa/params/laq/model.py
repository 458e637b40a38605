"""Shape and options of the latent action quantiser."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from lapa.params.base import Params
from lapa.params.laq.quantizers import ChosenQuantizer, NSVQParams


class LaqModelParams(Params):
    """Architecture of the latent action quantiser; the class defaults are the paper's size."""

    kind: Literal["laq"] = "laq"
    """Which model a ``config.json`` describes."""

    image_size: int = Field(default=256, gt=0)
    """Side of the square frames, pixels."""
    patch_size: int = Field(default=32, gt=0)
    """Side of one patch, pixels; must divide `image_size`."""
    dim: int = Field(default=1024, gt=0)
    """Width of every token."""
    heads: int = Field(default=16, gt=0)
    head_dim: int = Field(default=64, gt=0)
    """Channels per attention head."""
    spatial_depth: int = Field(default=8, ge=0)
    """Blocks that attend over the patches of one frame."""
    temporal_depth: int = Field(default=8, ge=0)
    """Blocks that attend over time; with `encode_difference`, over the difference tokens."""
    decoder_depth: int | None = Field(default=None, ge=0)
    """Blocks of the decoder; None means `spatial_depth`."""

    code_seq_len: int = Field(default=4, gt=0)
    """S, codes per pair: 1, 2, 4, 16, 64 or 256 (`lapa.models.laq.action_grid`)."""
    codebook_size: int = Field(default=8, gt=0)
    """K, values one code can take."""
    quant_dim: int = Field(default=32, gt=0)
    """Channels of one vector before quantisation."""
    quantizer: ChosenQuantizer = NSVQParams()
    """How a vector becomes a code, with the options of that kind (`lapa.params.laq.quantizers`);
    `docs/laq-model.md` says what K and S mean for each."""
    codebook_init: Literal["normal", "data"] = "normal"
    """Rows from N(0, 1), or from the first encoded pairs (set by the training callback)."""

    lapa_compat: bool = False
    """Reproduce the original project's arithmetic, oddities included, for its weights."""
    encode_difference: bool = False
    """The code sees only the difference of the two frames' tokens: nothing moved, zero delta."""
    normalize_delta: bool = False
    """Standardise each channel before quantisation, with running statistics in evaluation."""
    grid_channels: int | None = Field(default=None, gt=0)
    """Channels of the convolutions, if each place shall then have its own projection to
    `quant_dim` (and its own statistics): the codes of a pair can say different things. None:
    places share everything, and on small models tend to repeat one code."""
    embed_positions: bool = False
    """Tell the decoder which place a code comes from; cross-attention alone sees a set."""
    predict_difference: bool = False
    """The decoder adds to frame t instead of drawing t+H; it starts as an exact copy."""

    @property
    def grid_size(self) -> int:
        """Patches per side."""
        return self.image_size // self.patch_size

    @property
    def num_decoder_blocks(self) -> int:
        """Depth of the decoder after the default is resolved."""
        return self.spatial_depth if self.decoder_depth is None else self.decoder_depth

    @model_validator(mode="after")
    def _sizes_fit(self) -> Self:
        if self.image_size % self.patch_size:
            raise ValueError(
                f"patch_size {self.patch_size} does not divide image_size {self.image_size}; "
                "choose a divisor"
            )
        self.quantizer.require_codebook_size(self.codebook_size)
        return self

    @model_validator(mode="after")
    def _compat_is_pure(self) -> Self:
        if not self.lapa_compat:
            return self
        options = (
            "encode_difference",
            "normalize_delta",
            "grid_channels",
            "embed_positions",
            "predict_difference",
        )
        changed = [name for name in options if getattr(self, name)]
        changed += ["quantizer"] * (self.quantizer.kind != "nsvq")
        changed += ["decoder_depth"] * (self.num_decoder_blocks != self.spatial_depth)
        changed += ["codebook_init"] * (self.codebook_init != "normal")
        if changed:
            raise ValueError(
                f"lapa_compat reproduces the original, which has no {', '.join(changed)}; "
                "leave them at their defaults or switch lapa_compat off"
            )
        return self
