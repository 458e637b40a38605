"""A word-level tokenizer made from the training instructions: no download, deterministic."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from torch import Tensor

PADDING, UNKNOWN, BEGIN = "<pad>", "<unk>", "<bos>"
SPECIAL_WORDS = (PADDING, UNKNOWN, BEGIN)
_WORD = re.compile(r"\w+|[^\w\s]")


def split_words(instruction: str) -> list[str]:
    """Lower-case words and punctuation marks; case never changes a task."""
    return _WORD.findall(instruction.lower())


class InstructionTokenizer:
    """Maps instructions to word ids: ``<bos>`` first, padding on the right.

    ``<bos>`` gives an empty instruction one token, so "no language" is a well-defined input.
    """

    def __init__(self, *, words: Sequence[str]) -> None:
        if tuple(words[: len(SPECIAL_WORDS)]) != SPECIAL_WORDS or len(set(words)) != len(words):
            raise ValueError(
                f"a vocabulary starts with {SPECIAL_WORDS} and holds no word twice; found "
                f"{len(words)} words beginning {tuple(words[:4])}: rebuild it with from_instructions"
            )
        self.words = tuple(words)
        self._ids = {word: index for index, word in enumerate(self.words)}

    @classmethod
    def from_instructions(
        cls, instructions: Iterable[str], *, max_words: int = 4096
    ) -> InstructionTokenizer:
        """Vocabulary of the most frequent words, ties in alphabetical order."""
        counts = Counter(word for text in instructions for word in split_words(text))
        ranked = sorted(counts, key=lambda word: (-counts[word], word))
        return cls(words=(*SPECIAL_WORDS, *ranked[: max_words - len(SPECIAL_WORDS)]))

    def __len__(self) -> int:
        """Number of ids, special words included."""
        return len(self.words)

    def ids(self, instruction: str) -> list[int]:
        """Word ids of one instruction, ``<bos>`` first; unknown words become ``<unk>``."""
        unknown = self._ids[UNKNOWN]
        return [self._ids[BEGIN], *(self._ids.get(w, unknown) for w in split_words(instruction))]

    def encode(self, instructions: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Pad a batch on the right.

        Returns:
            ``int64 (batch, word)`` ids and ``bool (batch, word)``, True where a word stands.
        """
        rows = [self.ids(instruction) for instruction in instructions]
        width = max(len(row) for row in rows)
        ids = torch.full((len(rows), width), self._ids[PADDING])
        mask = torch.zeros((len(rows), width), dtype=torch.bool)
        for index, row in enumerate(rows):
            ids[index, : len(row)] = torch.tensor(row)
            mask[index, : len(row)] = True
        return ids, mask

    def save(self, path: Path) -> None:
        """Write the vocabulary as JSON, in id order."""
        path.write_text(json.dumps({"kind": "words", "words": self.words}, indent=1) + "\n")

    @classmethod
    def load(cls, path: Path) -> InstructionTokenizer:
        """Read what `save` wrote."""
        return cls(words=json.loads(path.read_text())["words"])
