"""What becomes an entry of MLflow's registry of models."""

from __future__ import annotations

from lapa.params.base import Params


class RegistryParams(Params):
    """Which models are registered when they are made."""

    policies: bool = False
    """Every finetuned policy, as a version of the model `<arm>-policy`."""
