"""The page about hostile input lists the limits as the code has them."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIMIT = re.compile(r'^([A-Z_]+): Final = ([^\n]+)\n"""([^"]+)"""', flags=re.MULTILINE)


def test_every_limit_has_its_row() -> None:
    source = (ROOT / "src/lapa/data/limits.py").read_text()
    limits = LIMIT.findall(source)
    assert len(limits) == source.count(": Final = ")
    rows = [
        f"| `{name}` | `{value}` | {why.replace(chr(10), ' ')} |" for name, value, why in limits
    ]
    page = (ROOT / "docs/hostile-input.md").read_text()
    assert "\n".join(rows) in page, "\n".join(rows)
