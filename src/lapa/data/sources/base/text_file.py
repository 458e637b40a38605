"""Texts written beside recordings: UTF-8 or UTF-16 as editors save them, and never too much of them."""

from __future__ import annotations

import codecs
import json
from pathlib import Path
from typing import Any, Final, NamedTuple

from lapa.data.bad_input import bad

MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks and what they announce."""

MAX_INFO_BYTES: Final = 64 << 20
"""Of a file that describes a whole dataset; ``dataset_info.json`` lists the length of every shard."""


class Text(NamedTuple):
    """What a file says."""

    text: str
    notes: tuple[str, ...] = ()
    """What could not be read as it was meant."""


def read_text(path: Path, *, max_bytes: int) -> Text:
    r"""Return the text of a file: UTF-8, or what its byte order mark says.

    Bytes of another encoding are kept visibly, as ``caf\xe9``, and noted: nobody says which it was.

    Raises:
        BadInputError: ``absurd_dimensions``: larger than ``max_bytes``; ``unreadable_text``: no text.
    """
    with path.open("rb") as file:
        data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise bad("absurd_dimensions", f"{path.name} is over {max_bytes} bytes, the most accepted")
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


def parse_json(text: str, *, name: str, reason: str) -> Any:
    """Parse JSON from a file called ``name``.

    Raises:
        BadInputError: with ``reason``: not JSON, nested too deeply, or a number of absurd length.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError, MemoryError) as error:
        raise bad(reason, f"{name}: {type(error).__name__}: {error}") from error
