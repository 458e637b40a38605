"""Made-up pictures and videos with about as many bytes a frame as a camera's."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image

from lapa.data.episode import Frames


def picture(height: int, width: int | None = None, *, seed: int) -> Frames:
    """Coloured patches with noise, ``uint8 (height, width, 3)``."""
    width = width or height
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (height // 8, width // 8, 3), dtype=np.uint8)
    smooth = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
    return np.clip(np.asarray(smooth) + random.normal(0, 4, (height, width, 3)), 0, 255).astype(
        np.uint8
    )


def write_video(
    path: Path, *, codec: str, height: int, width: int, frames: int, seed: int = 0
) -> None:
    """A picture that shifts by a few pixels a frame, at 10 Hz."""
    large = picture(height + 2 * frames, width + 4 * frames, seed=seed)
    options = {"preset": "veryfast", "crf": "23"} if codec == "libx264" else {}
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream(codec, rate=Fraction(10), options=options)
        stream.height, stream.width, stream.pix_fmt = height, width, "yuv420p"
        stream.thread_count, stream.bit_rate = 1, 16 * height * width
        for t in range(frames):
            shown = np.ascontiguousarray(large[2 * t : 2 * t + height, 4 * t : 4 * t + width])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(shown, format="rgb24")))
        container.mux(stream.encode(None))
