"""JSON that somebody else wrote: what it would take in memory is estimated before it is parsed."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any, Final

from lapa.data.bad_input import bad
from lapa.data.limits import MAX_JSON_MEMORY

COSTS: Final[Mapping[str, int]] = {"{": 250, "[": 90, ",": 72, ":": 80}
"""Bytes that Python takes at most for what follows these characters: an object, a list, a value, a pair.

Those inside texts count too, which makes the estimate too high, never too low.
"""


def parse_json(text: str, *, name: str, reason: str) -> Any:
    """Parse JSON from a file called ``name``.

    Raises:
        BadInputError: ``absurd_dimensions``: parsed it would exceed `MAX_JSON_MEMORY`; with ``reason``: not
            JSON, nested too deeply, or a number of absurd length.
    """
    memory = parsed_bytes(text)
    if memory > MAX_JSON_MEMORY:
        detail = (
            f"{name} would take about {memory} bytes of memory, expected at most {MAX_JSON_MEMORY}"
        )
        raise bad("absurd_dimensions", f"{detail}; split it, or keep arrays in NPZ")
    try:
        return json.loads(text)
    except (ValueError, RecursionError, MemoryError) as error:
        raise bad(reason, f"{name}: {type(error).__name__}: {error}") from error


def parsed_bytes(text: str) -> int:
    """Return how many bytes of memory the values in a JSON text take at most, and the text itself."""
    return 2 * sys.getsizeof(text) + sum(cost * text.count(sign) for sign, cost in COSTS.items())
