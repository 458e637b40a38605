"""Single pictures as one recording, in the order given; each may have a size of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lapa.data.bad_input import bad, naming
from lapa.data.episode import Frames
from lapa.data.frame_indices import resolve_indices
from lapa.data.media.jpeg import decode_image
from lapa.inference.inputs.recording import Recording

MAX_BYTES: Final = 64 << 20
"""Of one file; the size in pixels is checked by its header before anything is decoded."""


@dataclass(frozen=True)
class Pictures:
    """Reads JPEG and PNG files one at a time."""

    paths: tuple[Path, ...]

    def __call__(self, numbers: Sequence[int]) -> Iterator[Frames]:
        """Decode the asked pictures, ``uint8 (height, width, 3)`` RGB each, upright.

        Raises:
            BadInputError: a file is too large, damaged, or neither JPEG nor PNG.
        """
        for number in resolve_indices(numbers, len(self.paths)):
            path = self.paths[number]
            with naming("", str(path)):
                if (size := path.stat().st_size) > MAX_BYTES:
                    detail = f"found {size} bytes, expected at most {MAX_BYTES}: make it smaller"
                    raise bad("absurd_dimensions", detail)
                yield decode_image(path.read_bytes())


def open_images(paths: Sequence[Path], *, fps: float | None = None) -> Recording:
    """The pictures in ``paths`` as one recording.

    Args:
        paths: JPEG or PNG files.
        fps: frames per second, where they are frames of a clip.
    """
    name = paths[0].name if len(paths) == 1 else f"{paths[0].name} to {paths[-1].name}"
    return Recording(name=name, num_frames=len(paths), read=Pictures(tuple(paths)), fps=fps)
