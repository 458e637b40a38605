"""Which cameras of a LeRobot dataset show depth: they are no pictures to train on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from lapa.data.bad_input import BadInputError
from lapa.data.limits import MAX_PIXELS
from lapa.data.media.video_file import VideoFile
from lapa.data.sources.base.depth import is_deep, png_bits
from lapa.data.sources.lerobot.parquet import DAMAGE

DEEP_GRAY = re.compile(r"gr[ae]y(9|1\d)|y16|z16", re.IGNORECASE)
"""Pixel formats of one channel and more than 8 bits: lerobot stores depth as ``gray12le``."""


def listed_as_depth(key: str, dtype: str, facts: Mapping[str, Any]) -> bool:
    """Tell whether ``info.json`` says that a camera shows depth: by a flag, its name, or its pixels.

    A flag that says "no" proves nothing: lerobot writes it for every video.

    Args:
        key: name of the feature.
        dtype: its type.
        facts: its other entries, those of ``info`` and ``video_info`` among them.
    """
    flagged = any(facts.get(name) is True for name in ("video.is_depth_map", "is_depth_map"))
    pixels = str(facts.get("video.pix_fmt", facts.get("pix_fmt", "")))
    deep = bool(DEEP_GRAY.match(pixels)) or dtype == "uint16"
    return flagged or deep or "depth" in key.lower()


def video_is_deep_gray(path: Path) -> bool:
    """Tell whether a video has one channel of more than 8 bits; False where it cannot be opened."""
    try:
        file = VideoFile(path, max_pixels=MAX_PIXELS, threads=1)
    except BadInputError:
        return False  # reading the episode says what is wrong
    try:
        return bool(DEEP_GRAY.match(str(file.stream.codec_context.pix_fmt)))
    finally:
        file.close()


def pictures_are_deep_gray(table: Path, column: str) -> bool:
    """Tell the same of the first picture inside a parquet file, by its PNG header."""
    try:
        batch = next(pq.ParquetFile(table).iter_batches(batch_size=1, columns=[column]), None)
    except (*DAMAGE, FileNotFoundError):
        return False
    cell = batch.column(0)[0].as_py() if batch is not None and batch.num_rows else None
    data = cell.get("bytes") if isinstance(cell, dict) else None
    return isinstance(data, bytes) and is_deep(png_bits(data))
