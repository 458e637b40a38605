"""Stage 1 training: the latent action quantiser under Lightning."""

from lapa.training.laq.fit import fit
from lapa.training.laq.initialise import initialise

__all__ = ["fit", "initialise"]
