"""A published tokenizer behind the interface of our own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torch import Tensor
from transformers import AutoTokenizer


class HubTokenizer:
    """Tokenizer of a Hugging Face folder or hub id."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        if tokenizer.pad_token is None:
            # Llama-2 has none; which id pads does not matter, the mask hides it
            tokenizer.pad_token = tokenizer.eos_token

    @classmethod
    def load(cls, source: str | Path) -> HubTokenizer:
        """Read a tokenizer."""
        return cls(AutoTokenizer.from_pretrained(str(source)))

    def encode(self, instructions: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Return ``int64 (batch, token)`` ids and their ``bool`` mask."""
        encoded = self._tokenizer(list(instructions), return_tensors="pt", padding=True)
        return encoded["input_ids"], encoded["attention_mask"].bool()

    def save(self, path: Path) -> None:
        """Write the tokenizer's files into the folder of ``path``."""
        self._tokenizer.save_pretrained(path.parent / "tokenizer")
