"""The video that a table or side file names: it must exist, and it stays open for its episodes.

LeRobot v3 puts hundreds of episodes into one file; the shared reader indexes it once, not once
per episode.
"""

from __future__ import annotations

from pathlib import Path

from lapa.data.bad_input import bad, naming
from lapa.data.jpeg import MAX_PIXELS
from lapa.data.video_decode import VideoReader
from lapa.data.video_frames import shared_reader


def found_video(path: Path, *, max_pixels: int = MAX_PIXELS) -> VideoReader:
    """Return the shared reader of a video file; do not close it.

    Raises:
        BadInputError: ``missing_file``, or what `VideoReader` finds.
    """
    if not path.is_file():
        raise bad("missing_file", "the video file does not exist", item=str(path))
    with naming("", str(path)):
        return shared_reader(path, max_pixels=max_pixels)
