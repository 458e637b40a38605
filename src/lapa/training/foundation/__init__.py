"""Stage 2 with Lightning Fabric: an own loop, sharding, exact resume."""

from __future__ import annotations

from lapa.training.foundation.fit import fit, initialise

__all__ = ["fit", "initialise"]
