"""Keep an inverse dynamics model in a folder: ``model.safetensors`` and ``config.json``."""

from __future__ import annotations

from pathlib import Path

from lapa.models.inverse_dynamics.model import InverseDynamics
from lapa.models.storage import load_weights, read_config, save_model
from lapa.params.inverse_dynamics import InverseDynamicsModelParams


def save_inverse_dynamics(
    folder: Path, model: InverseDynamics, config: InverseDynamicsModelParams
) -> str:
    """Write weights and configuration; return the SHA-256 of the weights."""
    return save_model(folder, model, config)


def load_inverse_dynamics(folder: Path) -> InverseDynamics:
    """Rebuild a saved model in evaluation mode.

    Raises:
        FileNotFoundError: the folder holds no ``config.json``.
        ValueError: the weights are not those of the record beside them.
    """
    model = InverseDynamics(read_config(folder, InverseDynamicsModelParams))
    load_weights(folder, model, kind="inverse_dynamics")
    return model.eval()
