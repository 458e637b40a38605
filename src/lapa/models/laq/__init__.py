"""Stage 1: the latent action quantiser."""

from lapa.models.laq.model import LaqOutput, LatentActionQuantizer
from lapa.models.laq.quantizers import Quantized

__all__ = ["LaqOutput", "LatentActionQuantizer", "Quantized"]
