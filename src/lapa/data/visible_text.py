"""Text that is not Unicode, or steers a terminal, made printable: it shows as backslash escapes.

File names are bytes; Python keeps those that are not UTF-8 as lone surrogates (PEP 383), and JSON may
hold half a surrogate pair where somebody cut a text inside an emoji. Neither can be written to a file. Control
characters move the cursor, rewrite the line above or the title of the window, and letters that turn the
direction of writing make a name read as another one (Unicode TR 36); line breaks and tabs stay.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

HIDDEN: Final = re.compile(
    "[\ud800-\udfff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\r(?!\n)"
)
"""Lone surrogates, control characters, and what turns the direction of writing."""
ESCAPED_BYTES: Final = range(0xDC80, 0xDD00)
"""Surrogates that stand for the bytes 0x80 to 0xff."""


def visible(text: str) -> str:
    r"""Return ``text`` with what cannot be shown as ``\xe9`` (a byte), ``\ud83d`` (half a pair), ``\x1b``."""
    return text if text.isprintable() else HIDDEN.sub(_escape, text)


def visible_in(value: Any) -> Any:
    """Return a value with all its texts, keys included, made `visible`; JSON takes what comes out.

    What JSON does not know (a date, a reference into a file) is shown as text.
    """
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {visible(str(key)): visible_in(inside) for key, inside in value.items()}
    if isinstance(value, list | tuple):
        return [visible_in(inside) for inside in value]
    if isinstance(value, np.ndarray | np.generic):
        return visible_in(value.tolist())
    return visible(value if isinstance(value, str) else str(value))


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code in ESCAPED_BYTES:
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
