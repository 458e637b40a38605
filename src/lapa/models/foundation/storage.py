"""Keep a foundation model in a folder.

The folder holds ``model.safetensors``, ``config.json`` and what turns text into tokens.
"""

from __future__ import annotations

from pathlib import Path

from lapa.models.foundation.build import build_foundation
from lapa.models.foundation.interface import LatentPolicy
from lapa.models.storage import load_weights, read_config, save_model
from lapa.params.foundation.model import FoundationModelParams


def save_foundation(folder: Path, model: LatentPolicy, config: FoundationModelParams) -> str:
    """Write weights, configuration and tokenizer; return the SHA-256 of the weights."""
    digest = save_model(folder, model, config)
    model.save_text_files(folder)
    return digest


def load_foundation(folder: Path) -> LatentPolicy:
    """Rebuild a saved model in evaluation mode.

    Raises:
        FileNotFoundError: the folder holds no ``config.json``.
    """
    config = read_config(folder, FoundationModelParams)
    model = build_foundation(config, folder=folder)
    load_weights(folder, model, kind="foundation")
    return model.eval()
