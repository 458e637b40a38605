"""Files as ``data:`` addresses, so that a report is one file that needs nothing else."""

from __future__ import annotations

import base64
from pathlib import Path

_TYPES = {".png": "image/png", ".gif": "image/gif", ".mp4": "video/mp4"}


def data_address(path: Path) -> str:
    """The file's bytes as a ``data:`` URL.

    Raises:
        ValueError: neither an image nor a video that browsers show.
    """
    if path.suffix not in _TYPES:
        raise ValueError(f"cannot embed {path}: expected one of {sorted(_TYPES)}")
    encoded = base64.b64encode(path.read_bytes()).decode()
    return f"data:{_TYPES[path.suffix]};base64,{encoded}"
