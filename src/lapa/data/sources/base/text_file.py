"""Texts written beside recordings: UTF-8 or UTF-16 as editors save them, and never too much of them."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Final, NamedTuple

from lapa.data.bad_input import bad
from lapa.data.sources.base.regular_file import read_bytes

MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks and what they announce."""


class Text(NamedTuple):
    """What a file says."""

    text: str
    notes: tuple[str, ...] = ()
    """What could not be read as it was meant."""


def read_text(path: Path, *, max_bytes: int) -> Text:
    r"""Return the text of a file: UTF-8, or what its byte order mark says.

    Bytes of another encoding are kept visibly, as ``caf\xe9``, and noted: nobody says which it was.

    Raises:
        BadInputError: `read_bytes`'s, or ``unreadable_text``: no text.
    """
    data = read_bytes(path, max_bytes=max_bytes)
    mark, encoding = next(
        ((mark, name) for mark, name in MARKS if data.startswith(mark)), (b"", "utf-8")
    )
    content = data[len(mark) :]
    if encoding == "utf-8" and b"\0" in content:
        detail = f"{path.name} holds zero bytes and no byte order mark: no text; save it as UTF-8"
        raise bad("unreadable_text", detail)
    try:
        return Text(content.decode(encoding))
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise bad("unreadable_text", f"{path.name} is not {encoding}: {error}") from error
        note = f"{path.name} is not UTF-8: other bytes are shown as they are; save it as UTF-8"
        return Text(content.decode("utf-8", errors="backslashreplace"), (note,))
