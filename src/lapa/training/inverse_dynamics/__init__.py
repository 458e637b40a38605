"""The inverse dynamics model: from few labelled episodes to actions for all video."""

from __future__ import annotations

from lapa.training.inverse_dynamics.fit import fit

__all__ = ["fit"]
