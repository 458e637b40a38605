"""Instructions as tokens: a graph cannot read text, so the tokenizer stays outside and its answer goes in."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from lapa.export.graphs.graph import Arrays, TensorFacts
from lapa.models.foundation.interface import LatentPolicy
from lapa.refused import RefusedError

TOKENS, MASK = "tokens", "mask"


class AlreadyTokens:
    """Stands where a tokenizer does, and hands on what is tokens already."""

    def encode(self, instructions: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        """The same."""
        return instructions


def taking_tokens(backbone: LatentPolicy) -> Any:
    """The same backbone, weights shared, that takes ``(tokens, mask)`` for instructions.

    Raises:
        RefusedError: it has no tokenizer that can be taken out.
    """
    if not hasattr(getattr(backbone, "tokenizer", None), "encode"):
        raise RefusedError(
            f"{type(backbone).__name__} has no `tokenizer` of instructions, expected a backend such as "
            "film_cnn or dual_encoder: action_tokens writes its codes in turn through a processor and a "
            "grammar, which no graph holds"
        )
    same = copy.copy(backbone)
    same.tokenizer = AlreadyTokens()  # type: ignore[assignment]
    return same


def token_inputs(words: int) -> dict[str, TensorFacts]:
    """Both inputs of ``words`` tokens."""
    return {
        TOKENS: TensorFacts(dtype=torch.int64, shape=(words,), meaning="token ids, padded"),
        MASK: TensorFacts(dtype=torch.bool, shape=(words,), meaning="True where a token stands"),
    }


def encoded(backbone: LatentPolicy, instructions: Sequence[str], *, words: int) -> Arrays:
    """Instructions as both inputs, padded on the right.

    Raises:
        RefusedError: one is longer than ``words``.
    """
    ids, mask = backbone.tokenizer.encode(instructions)  # type: ignore[union-attr,operator]
    missing = words - ids.shape[1]
    if missing < 0:
        longest = max(instructions, key=len)
        raise RefusedError(
            f"an instruction has {ids.shape[1]} tokens, expected {words} at most: {longest!r}; give "
            f"--words {ids.shape[1]} or more"
        )
    padded = (functional.pad(part, (0, missing)) for part in (ids, mask))
    return dict(zip((TOKENS, MASK), (np.asarray(part) for part in padded), strict=True))
