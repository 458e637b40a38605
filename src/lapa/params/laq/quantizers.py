"""Options of each quantiser; `QUANTIZERS` lists the built-in kinds."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

from pydantic import Field, SerializeAsAny

from lapa.params.base import Params
from lapa.params.kinds import Kinds


class QuantizerParams(Params):
    """What every quantiser's options have."""

    kind: str
    implementation: ClassVar[str]
    """``module:Class`` of the `lapa.models.laq.quantizers.base.Quantizer`, imported when it is built."""
    has_codes: ClassVar[bool] = True
    """Whether its codes say anything: labels and backbones need them."""

    def require_codebook_size(self, codebook_size: int) -> None:
        """Refuse a K that these options do not give; by default any is right.

        Raises:
            ValueError: they give another number of codes.
        """


class NSVQParams(QuantizerParams):
    """Noise substitution: one codebook for all places, no auxiliary loss."""

    kind: Literal["nsvq"] = "nsvq"
    implementation = "lapa.models.laq.quantizers.nsvq:NSVQ"


class MovingAverageParams(QuantizerParams):
    """Of quantisers whose rows follow a moving average of their vectors."""

    decay: float = Field(default=0.9, gt=0, lt=1)
    """Share of the old row that one step keeps."""
    commitment_weight: float = Field(default=0.001, ge=0)
    """Weight of the commitment term. The pixel loss of a pair is about 0.003 here: with the usual
    0.25 the codes serve the commitment alone and say nothing."""


class VQEMAParams(MovingAverageParams):
    """The standard VQ-VAE: straight-through gradient, one codebook for all places."""

    kind: Literal["vq_ema"] = "vq_ema"
    implementation = "lapa.models.laq.quantizers.vq_ema:VQEMA"


class FSQParams(QuantizerParams):
    """Finite scalar quantisation: each channel is rounded; nothing to collapse."""

    kind: Literal["fsq"] = "fsq"
    implementation = "lapa.models.laq.quantizers.fsq:FSQ"
    levels: tuple[int, ...] = (2, 2, 2)
    """Values per channel; their product is K."""

    def require_codebook_size(self, codebook_size: int) -> None:
        """Refuse levels whose product is not K."""
        if math.prod(self.levels) != codebook_size:
            raise ValueError(
                f"quantizer.levels {self.levels} make {math.prod(self.levels)} codes, but "
                f"codebook_size is {codebook_size}; the product must equal it"
            )


class ResidualVQParams(MovingAverageParams):
    """Residual quantisation: each code refines what the codes before it left."""

    kind: Literal["residual_vq"] = "residual_vq"
    implementation = "lapa.models.laq.quantizers.residual_vq:ResidualVQ"


class IdentityParams(QuantizerParams):
    """No quantisation: the continuous baseline."""

    kind: Literal["none"] = "none"
    implementation = "lapa.models.laq.quantizers.identity:Identity"
    has_codes = False


QUANTIZERS = Kinds(
    "quantizer",
    QuantizerParams,
    {
        "nsvq": f"{__name__}:NSVQParams",
        "vq_ema": f"{__name__}:VQEMAParams",
        "fsq": f"{__name__}:FSQParams",
        "residual_vq": f"{__name__}:ResidualVQParams",
        "none": f"{__name__}:IdentityParams",
    },
)
"""Kind -> parameter class; a quantiser of this package adds one line."""

ChosenQuantizer = Annotated[SerializeAsAny[QuantizerParams], QUANTIZERS]
"""Type of a field that holds one of them."""
