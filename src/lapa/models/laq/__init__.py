"""Stage 1: the latent action quantiser."""

from lapa.models.laq.model import LaqOutput, LatentActionQuantizer
from lapa.models.laq.quantizers import Quantized
from lapa.models.laq.storage import load_laq

__all__ = ["LaqOutput", "LatentActionQuantizer", "Quantized", "load_laq"]
