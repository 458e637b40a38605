"""The overlay as a video, written while frames are predicted: no clip is too long for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from lapa.data.export.lerobot.video_stream import VideoStream
from lapa.inference.overlay.canvas import canvas_size, draw_canvas
from lapa.inference.predict import Batch

PICTURES_PER_SECOND: Final = 2.0
"""Of pictures without a rate: time to look at each."""
MOST: Final = 56
"""Characters of an instruction that fit beside the legend."""


class OverlayVideo:
    """An mp4 that browsers play; use it as a context, and hand every `Batch` to `add`."""

    def __init__(
        self, path: Path, dimensions: Sequence[Mapping[str, Any]], *, fps: float | None
    ) -> None:
        """Prepare the file; it appears under its name when it is complete.

        Args:
            path: ends in ``.mp4``.
            dimensions: of the policy's actions, as `PolicyPredictor.facts` has them.
            fps: rate of the frames that are shown; None for single pictures.
        """
        self._path = path
        self._partial = path.with_name(f".{path.name}.partial")
        self._dimensions = dimensions
        self._fps = fps or PICTURES_PER_SECOND
        self._stream: VideoStream | None = None

    def add(self, batch: Batch) -> None:
        """Draw the frames of a batch and append them."""
        if self._stream is None:
            size = canvas_size(batch.pictures.shape[1], len(self._dimensions))
            self._stream = VideoStream(self._partial, fps=self._fps, size=size, quality="compact")
        for row, picture in enumerate(batch.pictures):
            true = batch.arrays.get("true_actions")
            canvas = draw_canvas(
                picture,
                _lines(batch, row),
                self._dimensions,
                batch.arrays["actions"][row, 0],
                None if true is None else true[row],
            )
            self._stream.write(canvas)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._stream is None:
            return
        self._stream.close()
        if error is None:
            self._partial.replace(self._path)
        else:
            self._partial.unlink()


def _lines(batch: Batch, row: int) -> tuple[str, str]:
    recording, number = batch.recording, int(batch.frames[row])
    when = "" if recording.fps is None else f", {number / recording.fps:.2f} s"
    return f"{recording.name}, frame {number}{when}", (recording.instruction or "")[:MOST]
