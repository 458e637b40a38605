"""Builds a `FilmCnn`; its tokenizer is made from the instructions, or read from a saved model."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from lapa.models.foundation.film_cnn.model import FilmCnn
from lapa.models.foundation.instruction_tokenizer import InstructionTokenizer
from lapa.params.foundation.film_cnn import FilmCnnParams


def build_film_cnn(
    params: FilmCnnParams,
    *,
    code_seq_len: int,
    codebook_size: int,
    instructions: Iterable[str] = (),
    folder: Path | None = None,
) -> FilmCnn:
    """Make the model; arguments as for `lapa.models.foundation.build.BuildBackend`."""
    if folder:
        tokenizer = InstructionTokenizer.load(folder / "tokenizer.json")
    else:
        tokenizer = InstructionTokenizer.from_instructions(instructions, max_words=params.max_words)
    return FilmCnn(
        params, code_seq_len=code_seq_len, codebook_size=codebook_size, tokenizer=tokenizer
    )
