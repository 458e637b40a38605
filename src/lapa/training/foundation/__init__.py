"""Stage 2 with Lightning Fabric: an own loop, sharding, exact resume."""

from __future__ import annotations

from lapa.training.foundation.fit import fit
from lapa.training.foundation.initialize import initialize

__all__ = ["fit", "initialize"]
