"""Texts that are not Unicode become printable, and stay apart."""

from __future__ import annotations

import os

from lapa.data.visible_text import visible, visible_in


def test_bytes_of_names_and_halves_of_pairs_are_shown() -> None:
    assert visible(os.fsdecode(b"caf\xe9.mp4")) == r"caf\xe9.mp4"
    assert visible("coffee \ud83d") == r"coffee \ud83d"
    assert visible("手 café ☕😀") == "手 café ☕😀"


def test_everything_inside_is_shown_and_nothing_else_changes() -> None:
    given = {"a\udce9": ["b\udce9", 1, None, {"c": ("d\ud83d", 2.5)}]}
    assert visible_in(given) == {r"a\xe9": [r"b\xe9", 1, None, {"c": [r"d\ud83d", 2.5]}]}


def test_different_names_stay_different() -> None:
    names = [os.fsdecode(bytes([byte])) for byte in range(128, 256)]
    assert len({visible(name) for name in names}) == len(names)


def test_nothing_steers_a_terminal_or_turns_the_writing() -> None:
    assert visible("a\x1b[2Jb\x07") == r"a\x1b[2Jb\x07"
    assert visible("100%\rdone") == r"100%\x0ddone"
    assert visible("\u202e4pm.exe") == r"\u202e4pm.exe"
    assert visible("two lines\r\nand\ta tab\n") == "two lines\r\nand\ta tab\n"
