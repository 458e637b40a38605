"""Build a foundation model from its configuration, whatever its backend."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from lapa.models.foundation.interface import LatentPolicy
from lapa.params.foundation.model import FoundationModelParams
from lapa.params.kinds import import_named


class BuildBackend(Protocol):
    """What a backend's ``implementation`` names: a function, or a class with such a constructor."""

    def __call__(
        self,
        params: Any,
        *,
        code_seq_len: int,
        codebook_size: int,
        instructions: Iterable[str],
        folder: Path | None,
    ) -> LatentPolicy:
        """Make the model; fresh weights use torch's global generator.

        Args:
            params: of the backend's own class.
            code_seq_len: S.
            codebook_size: K.
            instructions: training instructions, from which backends without a tokenizer of their
                own make one.
            folder: take sizes and tokenizer from this saved model (what `save_text_files` wrote);
                weights are then the caller's business, and no published folder is read.
        """
        ...


def build_foundation(
    config: FoundationModelParams, *, instructions: Iterable[str] = (), folder: Path | None = None
) -> LatentPolicy:
    """Make the model that ``config`` describes; arguments as for `BuildBackend`.

    Raises:
        ValueError: the backend's implementation cannot be imported.
    """
    # imported only now: transformers takes seconds, and the small backend should not wait for it
    build: BuildBackend = import_named(config.backend.implementation)
    return build(
        config.backend,
        code_seq_len=config.code_seq_len,
        codebook_size=config.codebook_size,
        instructions=instructions,
        folder=folder,
    )
