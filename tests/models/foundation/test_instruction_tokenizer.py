"""Word-level tokenizer: deterministic, unknown words, padding, empty instructions."""

from __future__ import annotations

from pathlib import Path

import pytest

from lapa.models.foundation.instruction_tokenizer import InstructionTokenizer

TEXTS = ["Reach the red cube", "reach the blue cube.", "lift the red cube"]


def test_order_of_the_instructions_does_not_matter() -> None:
    forward = InstructionTokenizer.from_instructions(TEXTS)
    backward = InstructionTokenizer.from_instructions(reversed(TEXTS))
    assert forward.words == backward.words
    assert forward.words[3:5] == ("cube", "the")  # most frequent first, ties alphabetical


def test_case_is_ignored_and_punctuation_is_a_word() -> None:
    tokenizer = InstructionTokenizer.from_instructions(TEXTS)
    assert tokenizer.ids("REACH the red CUBE") == tokenizer.ids("reach the red cube")
    assert tokenizer.ids("cube.")[-1] == tokenizer.words.index(".")


def test_unknown_words_share_one_id() -> None:
    tokenizer = InstructionTokenizer.from_instructions(TEXTS)
    assert tokenizer.ids("juggle frogs")[1:] == [1, 1]


def test_padding_is_on_the_right_and_empty_text_has_one_token() -> None:
    tokenizer = InstructionTokenizer.from_instructions(TEXTS)
    ids, mask = tokenizer.encode(["", "lift the red cube"])
    assert mask.sum(dim=1).tolist() == [1, 5]
    assert ids[0].tolist() == [2, 0, 0, 0, 0]


def test_vocabulary_keeps_the_most_frequent_words() -> None:
    tokenizer = InstructionTokenizer.from_instructions(TEXTS, max_words=6)
    assert set(tokenizer.words[3:]) == {"the", "cube", "reach"}


def test_saved_and_loaded(tmp_path: Path) -> None:
    tokenizer = InstructionTokenizer.from_instructions(TEXTS)
    tokenizer.save(tmp_path / "tokenizer.json")
    assert InstructionTokenizer.load(tmp_path / "tokenizer.json").words == tokenizer.words


def test_a_vocabulary_without_special_words_is_refused() -> None:
    with pytest.raises(ValueError, match="starts with"):
        InstructionTokenizer(words=["red", "blue"])
