"""Write pictures as video: without loss for training, small and playable for people."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from einops import repeat
from numpy.typing import NDArray

from lapa.data.episode import Frames


def write_lossless_video(path: Path, frames: Frames, *, fps: float) -> None:
    """Write an mp4 that decodes to exactly ``frames``.

    H.264 in RGB at quantiser 0 with one thread: the file is a pure function of the pixels, and a
    policy sees in closed loop the very pixels it was trained on. Browsers do not play it; that
    is what `write_playable_video` is for.

    Args:
        path: the file, overwritten.
        frames: ``uint8 (frame, height, width, 3)``, RGB.
        fps: frames per second.

    Raises:
        ValueError: ``frames`` is not a non-empty uint8 RGB sequence.
    """
    options = {"qp": "0", "preset": "ultrafast"}
    _write(path, frames, fps=fps, codec="libx264rgb", pixel_format="rgb24", options=options)


def write_playable_video(path: Path, frames: Frames, *, fps: float, scale: int = 1) -> None:
    """Write an mp4 that every browser plays (H.264, yuv420p), enlarged ``scale`` times.

    Args:
        path: the file, overwritten.
        frames: ``uint8 (frame, height, width, 3)``, RGB.
        fps: frames per second.
        scale: whole factor by which every pixel is repeated.

    Raises:
        ValueError: ``frames`` is not a non-empty uint8 RGB sequence.
    """
    _check(path, frames)
    large = repeat(frames, "t h w c -> t (h a) (w b) c", a=scale, b=scale)
    even = large[:, : large.shape[1] // 2 * 2, : large.shape[2] // 2 * 2]
    options = {"crf": "18", "preset": "veryfast", "movflags": "+faststart"}
    _write(path, even, fps=fps, codec="libx264", pixel_format="yuv420p", options=options)


def _write(
    path: Path,
    frames: Frames,
    *,
    fps: float,
    codec: str,
    pixel_format: str,
    options: dict[str, str],
) -> None:
    _check(path, frames)
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream(
            codec, rate=Fraction(fps).limit_denominator(1000), options=options
        )
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = pixel_format
        stream.thread_count = 1
        for frame in frames:
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))


def _check(path: Path, frames: NDArray[np.uint8]) -> None:
    if frames.dtype != np.uint8 or frames.ndim != 4 or frames.shape[-1] != 3 or not len(frames):
        raise ValueError(
            f"{path}: frames are {frames.dtype} {frames.shape}; "
            "expected uint8 (frame, height, width, 3) with at least one frame"
        )
