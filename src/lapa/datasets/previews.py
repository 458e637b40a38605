"""What Kedro-Viz shows of an artefact; it draws by the *name* of the type that `preview` returns."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import NewType

JSONPreview = NewType("JSONPreview", str)
ImagePreview = NewType("ImagePreview", str)


def png_preview(path: Path) -> ImagePreview:
    """Base64 of a PNG file, as Kedro-Viz expects it."""
    return ImagePreview(base64.b64encode(path.read_bytes()).decode())
