"""Videos of any codec and container, encoded here and now."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.stream import VideoStream

from toys.known_frames import gray_frames
from toys.scheduling import kept_scheduling

MS = Fraction(1, 1000)


def encode_video(
    frames: np.ndarray,
    *,
    codec: str = "libx264",
    container: str = "mp4",
    fps: float = 10,
    gop: int = 12,
    times_ms: Sequence[int] | None = None,
    pixel_format: str | None = None,
    options: Mapping[str, str] | None = None,
    container_options: Mapping[str, str] | None = None,
    **display: Any,
) -> bytes:
    """Encode ``uint8 (frame, height, width, 3)``.

    ``times_ms`` places frames unevenly; ``display`` is how a player shall show them: ``rotation``
    in degrees, ``hflip``, ``vflip``, ``matrix``, ``pixel_aspect``.
    """
    buffer = io.BytesIO()
    writing = av.open(buffer, "w", format=container, options=dict(container_options or {}))
    with kept_scheduling(), writing as file:
        stream = file.add_stream(codec, rate=Fraction(fps).limit_denominator(1000))
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = pixel_format or ("yuvj420p" if codec == "mjpeg" else "yuv420p")
        stream.gop_size, stream.thread_count = gop, 1
        stream.options = dict(options or {})
        if times_ms is not None:
            stream.codec_context.time_base = MS
        _shown(stream, **display)
        for number, image in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
            if times_ms is not None:
                frame.pts, frame.time_base = times_ms[number], MS
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
    return buffer.getvalue()


def _shown(
    stream: VideoStream,
    *,
    rotation: float = 0,
    hflip: bool = False,
    vflip: bool = False,
    matrix: Sequence[int] | None = None,
    pixel_aspect: Fraction | None = None,
) -> None:
    """Write what a container can say about showing its frames."""
    if pixel_aspect is not None:
        stream.codec_context.sample_aspect_ratio = pixel_aspect
    if rotation or hflip or vflip:
        stream.set_display_rotation(rotation, hflip=hflip, vflip=vflip)
    if matrix is not None:
        stream.set_display_matrix(matrix)


def write_video(path: Path, frames: np.ndarray, **options: Any) -> Path:
    """Write frames as `encode_video` does, H.264 with little loss."""
    little_loss = {"options": {"crf": "12"}} if options.get("codec", "libx264") == "libx264" else {}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode_video(frames, **little_loss, **options))
    return path


def write_gray_video(path: Path, num_frames: int = 6, **options: Any) -> Path:
    """Write a video of `gray_frames`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode_video(gray_frames(num_frames), **options))
    return path
