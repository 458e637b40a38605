"""What Kedro-Viz shows of an artefact; it draws by the *name* of the type that `preview` returns."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any, NewType

import pandas as pd

JSONPreview = NewType("JSONPreview", str)
ImagePreview = NewType("ImagePreview", str)
TablePreview = NewType("TablePreview", dict[str, Any])


def png_preview(path: Path) -> ImagePreview:
    """Base64 of a PNG file, as Kedro-Viz expects it."""
    return ImagePreview(base64.b64encode(path.read_bytes()).decode())


def csv_preview(path: Path) -> TablePreview:
    """Rows of a CSV file, as Kedro-Viz expects them; empty cells stay empty."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    return TablePreview(table.to_dict(orient="split"))
