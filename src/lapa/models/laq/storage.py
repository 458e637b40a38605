"""Save and load a latent action quantiser."""

from __future__ import annotations

from pathlib import Path

from lapa.models.laq.model import LatentActionQuantizer
from lapa.models.storage import load_weights, read_config, save_model
from lapa.params.laq.model import LaqModelParams


def save_laq(folder: Path, model: LatentActionQuantizer) -> str:
    """Write weights and configuration; return the SHA-256 of the weights."""
    return save_model(folder, model, model.config)


def load_laq(folder: Path) -> LatentActionQuantizer:
    """Load a quantiser in evaluation mode.

    Raises:
        FileNotFoundError: the folder holds no model.
        ValueError: configuration and weights do not belong together.
    """
    model = LatentActionQuantizer(read_config(folder, LaqModelParams))
    load_weights(folder, model, kind="laq")
    return model.eval()
