"""PNG pictures inside an artefact's folder, shown by Kedro-Viz."""

from __future__ import annotations

import base64
from pathlib import Path

from kedro_datasets._typing import ImagePreview


def png_preview(path: Path) -> ImagePreview:
    """Base64 of a PNG file, as Kedro-Viz expects it."""
    return ImagePreview(base64.b64encode(path.read_bytes()).decode())
