"""LeRobot's ``image`` features: encoded pictures inside the parquet files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lapa.data.bad_input import bad, naming
from lapa.data.episode import Frames
from lapa.data.frame_indices import resolve_indices
from lapa.data.media.encoded_frames import stack
from lapa.data.media.jpeg import decode_image
from lapa.data.sources.lerobot.table import EpisodeTable


@dataclass(frozen=True)
class TableImages:
    """A `FrameReader` over one episode of an image column; plain data."""

    table: Path
    column: str
    episode: int | None
    """Episode to pick out of the file; None takes the whole file."""
    num_frames: int
    source: str
    item: str
    max_pixels: int

    def __call__(self, indices: Sequence[int] | None = None) -> Frames:
        """Decode the asked frames to ``uint8 (frame, height, width, 3)`` RGB."""
        asked = resolve_indices(indices, self.num_frames)
        with naming(self.source, self.item):
            cells = EpisodeTable(self.table).read(self.episode, [self.column])[self.column]
            return stack([self._decode(cells[index].as_py(), index) for index in asked])

    def _decode(self, cell: Any, index: int) -> Frames:
        data = cell.get("bytes") if isinstance(cell, dict) else None
        if not data:
            detail = f"{self.column} holds no image bytes at frame {index}"
            raise bad("missing_values", f"{detail}; images as separate files are not supported")
        return decode_image(data, max_pixels=self.max_pixels)
