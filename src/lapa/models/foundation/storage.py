"""Build a foundation model from its configuration, and keep it in a folder.

The folder holds ``model.safetensors``, ``config.json`` and what turns text into tokens.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from lapa.models.foundation.instruction_tokenizer import InstructionTokenizer
from lapa.models.foundation.interface import LatentPolicy
from lapa.models.storage import load_weights, save_model
from lapa.params.foundation.stage import (
    ActionTokensParams,
    DualEncoderParams,
    FilmCnnParams,
    FoundationModelParams,
)


def build_foundation(
    config: FoundationModelParams, *, instructions: Iterable[str] = (), folder: Path | None = None
) -> LatentPolicy:
    """Make the model that ``config`` describes; fresh weights use torch's global generator.

    Args:
        config: the model's configuration.
        instructions: training instructions, from which backends without a tokenizer of their
            own make one.
        folder: take sizes and tokenizer from this saved model; weights are then the caller's
            business, and no published folder is read.
    """
    build = _BUILDERS[config.backend.kind]
    return build(config, instructions, folder)


def _film_cnn(
    config: FoundationModelParams, instructions: Iterable[str], folder: Path | None
) -> LatentPolicy:
    from lapa.models.foundation.film_cnn.model import FilmCnn  # noqa: PLC0415

    backend = config.backend
    assert isinstance(backend, FilmCnnParams)  # noqa: S101 - the table below chose it
    tokenizer = (
        InstructionTokenizer.load(folder / "tokenizer.json")
        if folder
        else InstructionTokenizer.from_instructions(instructions, max_words=backend.max_words)
    )
    sizes = {"code_seq_len": config.code_seq_len, "codebook_size": config.codebook_size}
    return FilmCnn(backend, **sizes, tokenizer=tokenizer)


def _dual_encoder(
    config: FoundationModelParams, instructions: Iterable[str], folder: Path | None
) -> LatentPolicy:
    # transformers takes seconds to import; the small backend should not wait for it
    from lapa.models.foundation.dual_encoder.build import build_dual_encoder  # noqa: PLC0415

    backend = config.backend
    assert isinstance(backend, DualEncoderParams)  # noqa: S101 - the table below chose it
    sizes = {"code_seq_len": config.code_seq_len, "codebook_size": config.codebook_size}
    return build_dual_encoder(backend, **sizes, instructions=instructions, folder=folder)


def _action_tokens(
    config: FoundationModelParams, instructions: Iterable[str], folder: Path | None
) -> LatentPolicy:
    from lapa.models.foundation.action_tokens.build import build_action_tokens  # noqa: PLC0415

    backend = config.backend
    assert isinstance(backend, ActionTokensParams)  # noqa: S101 - the table below chose it
    sizes = {"code_seq_len": config.code_seq_len, "codebook_size": config.codebook_size}
    return build_action_tokens(backend, **sizes, instructions=instructions, folder=folder)


_BUILDERS = {
    "film_cnn": _film_cnn,
    "dual_encoder": _dual_encoder,
    "action_tokens": _action_tokens,
}


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
    load_weights(Path(folder), model, kind="foundation")
    return model.eval()
