"""Shape and options of the latent action quantiser."""

from __future__ import annotations

import math
from typing import Literal, Self

from pydantic import Field, model_validator

from lapa.params.base import Params

QuantizerKind = Literal["nsvq", "vq_ema", "fsq", "residual_vq", "none"]


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
    quantizer: QuantizerKind = "nsvq"
    """How a vector becomes a code; `docs/laq-model.md` says what K and S mean for each."""
    codebook_init: Literal["normal", "data"] = "normal"
    """Rows from N(0, 1), or from the first encoded pairs (set by the training callback)."""
    fsq_levels: tuple[int, ...] = (2, 2, 2)
    """`fsq` only: values per channel; their product is K."""
    ema_decay: float = Field(default=0.9, gt=0, lt=1)
    """`vq_ema` and `residual_vq` only: share of the old row that one step keeps."""
    commitment_weight: float = Field(default=0.001, ge=0)
    """`vq_ema` and `residual_vq` only: weight of the commitment term. The pixel loss of a pair is
    about 0.003 here: with the usual 0.25 the codes serve the commitment alone and say nothing."""

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
        if self.quantizer == "fsq" and math.prod(self.fsq_levels) != self.codebook_size:
            raise ValueError(
                f"fsq_levels {self.fsq_levels} make {math.prod(self.fsq_levels)} codes, but "
                f"codebook_size is {self.codebook_size}; the product must equal it"
            )
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
        changed += ["quantizer"] * (self.quantizer != "nsvq")
        changed += ["decoder_depth"] * (self.num_decoder_blocks != self.spatial_depth)
        changed += ["codebook_init"] * (self.codebook_init != "normal")
        if changed:
            raise ValueError(
                f"lapa_compat reproduces the original, which has no {', '.join(changed)}; "
                "leave them at their defaults or switch lapa_compat off"
            )
        return self
