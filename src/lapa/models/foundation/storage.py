"""Build a foundation model from its configuration, and keep it in a folder.

The folder holds ``model.safetensors``, ``config.json`` and what turns text into tokens.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from lapa.models.foundation.film_cnn import FilmCnn
from lapa.models.foundation.instruction_tokenizer import InstructionTokenizer
from lapa.models.foundation.interface import LatentPolicy
from lapa.models.storage import load_weights, save_model
from lapa.params.foundation import FoundationModelParams


def build_foundation(
    config: FoundationModelParams, *, instructions: Iterable[str] = (), folder: Path | None = None
) -> LatentPolicy:
    """Make the model that ``config`` describes, freshly initialised from torch's global generator.

    Args:
        config: the model's configuration.
        instructions: training instructions, from which backends without a tokenizer of their
            own make one.
        folder: take tokenizer files from this saved model instead.
    """
    tokenizer = (
        InstructionTokenizer.load(folder / "tokenizer.json")
        if folder
        else InstructionTokenizer.from_instructions(
            instructions, max_words=config.backend.max_words
        )
    )
    return FilmCnn(
        config.backend,
        code_seq_len=config.code_seq_len,
        codebook_size=config.codebook_size,
        tokenizer=tokenizer,
    )


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
    path = Path(folder) / "config.json"
    if not path.is_file():
        raise FileNotFoundError(
            f"no foundation model at {folder}: expected config.json, model.safetensors and "
            "tokenizer files; point to the folder that save_foundation wrote"
        )
    config = FoundationModelParams.model_validate_json(path.read_text())
    model = build_foundation(config, folder=Path(folder))
    load_weights(Path(folder), model)
    return model.eval()
