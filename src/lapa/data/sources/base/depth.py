"""Tells depth pictures from colour, so that distances are never read as a colour video.

By name: a folder or file called depth (``depth/``, ``head_depth/``, ``a_depth.mp4``,
``frame-000001.depth.png``). By content: one channel of more than 8 bits, as 16-bit PNGs and ``gray12``
videos store millimetres.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from lapa.data.bad_input import BadInputError, SettingsError, bad
from lapa.data.media.jpeg import PNG_SIGNATURE

DepthRule = Literal["refuse", "leave_out", "take"]
"""What happens to depth pictures: each is a bad input, they are counted only, or they are read as colour."""

DEPTH_FOLDER: Final = re.compile(
    r"(?<![a-z])(?<!in[_\-. ])depth(?:maps?|s)?(?![a-z])(?![_\-. ]of)", re.I
)
DEPTH_FILE: Final = re.compile(
    r"^depth(?:map)?[^a-z]*$|(?<![a-z])(?<!in[_\-. ])depth(?:maps?|s)?[^a-z]*$", re.I
)
"""Words of a text, such as "in depth" and "depth of field", do not count, nor those in a longer title."""


def check_rule(rule: str) -> None:
    """Refuse an unknown rule.

    Raises:
        SettingsError: none of the three.
    """
    if rule not in ("refuse", "leave_out", "take"):
        raise SettingsError(f"depth={rule!r}, expected 'refuse', 'leave_out' or 'take'")


def named_depth(relative: str) -> bool:
    """Whether a path below a source's root is called depth, by one of its folders or by its stem."""
    *folders, name = relative.split("/")
    stem = name.rpartition(".")[0] or name
    return any(map(DEPTH_FOLDER.search, folders)) or bool(DEPTH_FILE.search(stem))


def is_deep(bits: tuple[int, ...]) -> bool:
    """Whether pictures with these bits per channel hold distances: one channel of more than 8 bits."""
    return len(bits) == 1 and bits[0] > 8


def png_bits(header: bytes) -> tuple[int, ...]:
    """Return the bits per colour channel that a PNG's header declares; none for other data."""
    if not header.startswith(PNG_SIGNATURE) or len(header) < 26:
        return ()
    depth, color_type = header[24], header[25]
    return (depth,) if color_type in (0, 4) else (depth,) * 3


def depth_error(sign: str, *, item: str = "") -> BadInputError:
    """Return the error to raise for depth pictures where colour is expected."""
    detail = (
        f"{sign}: depth, expected colour; `depth: leave_out` goes on without it, "
        "`depth: take` reads it as if it were colour"
    )
    return bad("depth_not_color", detail, item=item)
