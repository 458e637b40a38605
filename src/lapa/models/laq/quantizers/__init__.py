"""Quantisers: one interface, one file each, chosen by `LaqModelParams.quantizer`."""

from __future__ import annotations

from lapa.models.laq.quantizers.base import Quantized, Quantizer
from lapa.params.kinds import import_named
from lapa.params.laq.model import LaqModelParams

__all__ = ["Quantized", "Quantizer", "build_quantizer"]


def build_quantizer(config: LaqModelParams) -> Quantizer:
    """Build the quantiser that the configuration names: its class gets its options and the model's.

    Raises:
        ValueError: the class cannot be imported.
    """
    quantizer: Quantizer = import_named(config.quantizer.implementation)(config.quantizer, config)
    return quantizer
