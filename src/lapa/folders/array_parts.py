"""Parts that jobs of an array have made: of the same things, and moved together into one folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lapa.folders.asked import differences
from lapa.records import MadePart, MadeParts

_AGAIN = (
    "delete that folder and make the part again as the merge asks for it (--params=part={part})"
)


def require_same_asked(parts: MadeParts, asked: Mapping[str, Any]) -> None:
    """Refuse parts that were made of something else than what is merged now.

    Args:
        parts: all of them.
        asked: what the merge asks for, as `MadePart.asked`.

    Raises:
        ValueError: naming the first such part, what differs, and how many others there are.
    """
    wrong = [part for part in parts.parts if part.asked != asked]
    if wrong:
        first, *others = wrong
        changed = (
            "; ".join(map(str, differences(first.asked, asked))) or "it knows other parameters"
        )
        more = f", and so were {len(others)} other parts" if others else ""
        raise ValueError(
            f"part {first.part} in {first.path} was made with other parameters or from another source ({changed})"
            f"{more}: {_AGAIN.format(part=first.part)}"
        )


def move_together(part: MadePart, names: Iterable[str], out: Path) -> None:
    """Move files of a part to ``out``, under their own names; those that a killed merge has moved stay.

    Raises:
        ValueError: one is in neither place.
    """
    for name in names:
        source, target = Path(part.path, name), out / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)
        elif not target.is_file():
            raise ValueError(
                f"part {part.part} in {part.path} lacks {name}: {_AGAIN.format(part=part.part)}"
            )
