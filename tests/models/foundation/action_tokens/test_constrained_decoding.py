"""The grammar of an action as a pure state machine."""

from __future__ import annotations

import itertools

import pytest
import torch

from lapa.models.foundation.action_tokens.constrained_decoding import ActionGrammar, prefix_function

GRAMMAR = ActionGrammar(begin=10, codes=(20, 21, 22), end=11, stop=12, code_seq_len=2)


def test_what_may_follow_at_every_place() -> None:
    assert [GRAMMAR.allowed(i) for i in range(7)] == [
        [10],
        [20, 21, 22],
        [20, 21, 22],
        [11],
        [12],
        [12],
        [12],
    ]


def test_exactly_the_sequences_of_the_grammar_are_readable() -> None:
    alphabet = (10, 11, 12, 20, 21, 22)
    readable = [t for t in itertools.product(alphabet, repeat=5) if GRAMMAR.read(t) is not None]
    assert sorted(readable) == sorted(
        (10, a, b, 11, 12) for a in (20, 21, 22) for b in (20, 21, 22)
    )


def test_written_actions_are_read_back() -> None:
    for codes in itertools.product(range(3), repeat=2):
        assert GRAMMAR.read(GRAMMAR.write(codes)) == list(codes)
    assert len(GRAMMAR.write([0, 1])) == GRAMMAR.length


@pytest.mark.parametrize(
    "tokens",
    [
        [],
        [10, 20, 21],
        [10, 20, 11, 12],
        [10, 20, 21, 22, 11, 12],
        [20, 21, 11, 12, 12],
        [10, 20, 21, 11, 99],
    ],
)
def test_broken_actions_are_not_readable(tokens: list[str]) -> None:
    assert GRAMMAR.read(tokens) is None


def test_padding_after_the_end_is_ignored() -> None:
    assert GRAMMAR.read([10, 20, 22, 11, 12, 12, 12]) == [0, 2]


def test_generation_counts_from_the_end_of_the_prompt() -> None:
    allowed = prefix_function(GRAMMAR, prompt_length=3)
    assert allowed(0, torch.tensor([1, 2, 3])) == [10]
    assert allowed(1, torch.tensor([1, 2, 3, 10])) == [20, 21, 22]
    assert allowed(0, torch.tensor([1, 2, 3, 10, 20, 21])) == [11]
