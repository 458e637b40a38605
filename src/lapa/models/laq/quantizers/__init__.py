"""Quantisers: one interface, one file each, chosen by `LaqModelParams.quantizer`."""

from __future__ import annotations

from lapa.models.laq.quantizers.base import Quantized, Quantizer
from lapa.models.laq.quantizers.fsq import FiniteScalars
from lapa.models.laq.quantizers.none import Continuous
from lapa.models.laq.quantizers.nsvq import NoiseSubstitution
from lapa.models.laq.quantizers.residual_vq import ResidualCodebooks
from lapa.models.laq.quantizers.vq_ema import MovingAverageCodebook
from lapa.params.laq.model import LaqModelParams

__all__ = ["Quantized", "Quantizer", "build_quantizer"]


def build_quantizer(config: LaqModelParams) -> Quantizer:
    """Build the quantiser that the configuration names."""
    size, dim = config.codebook_size, config.quant_dim
    average = {"decay": config.ema_decay, "commitment_weight": config.commitment_weight}
    match config.quantizer:
        case "nsvq":
            return NoiseSubstitution(
                codebook_size=size, quant_dim=dim, lapa_compat=config.lapa_compat
            )
        case "vq_ema":
            return MovingAverageCodebook(codebook_size=size, quant_dim=dim, **average)
        case "fsq":
            return FiniteScalars(levels=config.fsq_levels, quant_dim=dim)
        case "residual_vq":
            return ResidualCodebooks(
                codebook_size=size,
                quant_dim=dim,
                code_seq_len=config.code_seq_len,
                init_from_data=config.codebook_init == "data",
                **average,
            )
        case "none":
            return Continuous()
