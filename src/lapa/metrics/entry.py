"""One entry of the glossary: a metric's name or name pattern, and what it means."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ANY = {"<split>": "(?:train|val)", "<i>": "[0-9]+"}
"""What a placeholder stands for, where that is not just any text."""


@dataclass(frozen=True)
class Entry:
    """What a logged number is."""

    name: str
    """As it is logged; ``<placeholders>`` stand for what differs: ``action/mae/<dimension>``."""
    unit: str
    """Empty for numbers without a unit."""
    values: str
    """The range it can take, and which end is better where one is."""
    meaning: str
    """One sentence."""

    @property
    def placeholders(self) -> int:
        """How many there are in the name; of two entries that cover a name the one with fewer is meant."""
        return self.name.count("<")

    def covers(self, name: str) -> bool:
        """Whether ``name`` is this metric."""
        parts = re.split(r"(<[a-z_]+>)", self.name)
        pattern = "".join(_ANY.get(p, ".+") if p.startswith("<") else re.escape(p) for p in parts)
        return re.fullmatch(pattern, name) is not None
