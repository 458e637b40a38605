"""Stage 1 training: the latent action quantiser under Lightning."""

from lapa.training.laq.fit import fit
from lapa.training.laq.initialize import initialize

__all__ = ["fit", "initialize"]
