"""The video that a table or side file names: it must exist, and it stays open for its episodes.

LeRobot v3 puts hundreds of episodes into one file; the shared reader indexes it once, not once
per episode.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lapa.data.bad_input import bad, naming
from lapa.data.limits import MAX_PIXELS
from lapa.data.media.frame_times import UNEVEN_NOTE
from lapa.data.media.video_decode import VideoReader
from lapa.data.media.video_frames import shared_reader


def open_named_video(path: Path, *, max_pixels: int = MAX_PIXELS) -> VideoReader:
    """Return the shared reader of a video file; do not close it.

    Raises:
        BadInputError: ``missing_file``, or what `VideoReader` finds.
    """
    if not path.is_file():
        raise bad("missing_file", "the video file does not exist", item=str(path))
    with naming("", str(path)):
        return shared_reader(path, max_pixels=max_pixels)


def video_facts(video: VideoReader, *, uses_times: bool) -> dict[str, Any]:
    """Return what an episode's provenance says about how its video is shown.

    Args:
        video: an open reader.
        uses_times: the episode's rate comes from the video, not from the dataset or an option.
    """
    facts: dict[str, Any] = {"notes": list(video.display.notes)}
    if video.display.notes:
        facts["stored_size"] = [video.display.height, video.display.width]
    if video.measured is None and uses_times:
        facts["notes"].append("frames carry no times: the rate is the header's")
    if video.measured is not None and video.measured.uneven_share:
        facts["frame_intervals"] = video.measured.facts()
    if video.measured is not None and uses_times and not video.measured.is_even:
        facts["notes"].append(UNEVEN_NOTE)
    if video.hidden_frames:
        facts["notes"].append("stored frames before the first that can be decoded are left out")
        facts["hidden_frames"] = video.hidden_frames
    return facts
