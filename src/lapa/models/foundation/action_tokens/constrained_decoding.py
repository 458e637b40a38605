"""The grammar of an action: opening token, exactly S codes, closing token, end of text.

A pure state machine over token ids; it knows no model and no tokenizer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class ActionGrammar:
    """What may follow what has been written."""

    begin: int
    """Id of ``<ACTION>``."""
    codes: tuple[int, ...]
    """Ids of ``<ACT_0>`` to ``<ACT_{K-1}>``, in this order."""
    end: int
    """Id of ``</ACTION>``."""
    stop: int
    """Id that ends the text; also what pads afterwards."""
    code_seq_len: int
    """S."""

    @property
    def length(self) -> int:
        """Tokens of a whole action, the one that ends the text included."""
        return self.code_seq_len + 3

    def allowed(self, written: int) -> list[int]:
        """Ids that may come after ``written`` tokens of an action."""
        if written == 0:
            return [self.begin]
        if written <= self.code_seq_len:
            return list(self.codes)
        return [self.end] if written == self.code_seq_len + 1 else [self.stop]

    def write(self, codes: Sequence[int]) -> list[int]:
        """Token ids of an action."""
        return [self.begin, *(self.codes[code] for code in codes), self.end, self.stop]

    def read(self, tokens: Sequence[int]) -> list[int] | None:
        """Codes of a token sequence; None where it is no whole action.

        What comes after the token that ends the text is ignored: a batch pads there.
        """
        if len(tokens) < self.length:
            return None
        if any(tokens[i] not in self.allowed(i) for i in range(self.length)):
            return None
        return [self.codes.index(token) for token in tokens[1 : 1 + self.code_seq_len]]


def prefix_function(
    grammar: ActionGrammar, prompt_length: int
) -> Callable[[int, Tensor], list[int]]:
    """The grammar as ``prefix_allowed_tokens_fn`` of `transformers` generation.

    Args:
        grammar: what may be written.
        prompt_length: positions before the answer, left padding included; the same for all.
    """

    def allowed(_sample: int, ids: Tensor) -> list[int]:
        return grammar.allowed(len(ids) - prompt_length)

    return allowed
