"""Text that is not Unicode, made printable: what cannot be encoded shows as a backslash escape.

File names are bytes; Python keeps those that are not UTF-8 as lone surrogates (PEP 383), and JSON may
hold half a surrogate pair where somebody cut a text inside an emoji. Neither can be written to a file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

SURROGATE: Final = re.compile("[\ud800-\udfff]")
ESCAPED_BYTES: Final = range(0xDC80, 0xDD00)
"""Surrogates that stand for the bytes 0x80 to 0xff."""


def visible(text: str) -> str:
    r"""Return ``text`` with every lone surrogate as ``\xe9`` (a byte) or ``\ud83d`` (half a pair)."""
    return text if text.isascii() else SURROGATE.sub(_escape, text)


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
    return f"\\x{code - 0xDC00:02x}" if code in ESCAPED_BYTES else f"\\u{code:04x}"
