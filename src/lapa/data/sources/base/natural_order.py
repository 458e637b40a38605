"""File names in the order people mean: frame 2 before frame 10."""

from __future__ import annotations

import re


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key that compares runs of digits as numbers; ties are broken by the spelling.

    Digits are those that make a decimal number in any script; a circled or raised one is a letter.
    """
    parts = re.split(r"(\d+)", name)
    key = [(0, int(part), part) if part.isdecimal() else (1, 0, part) for part in parts if part]
    return tuple(key)
