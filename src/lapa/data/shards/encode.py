"""Turns an episode into encoded clips, one window at a time, each frame decoded once."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from lapa.data.bad_input import BadInputError, bad_episode
from lapa.data.episode import Episode, Frames
from lapa.data.limits import DECODED_BYTES
from lapa.data.shards.clips import Window, clip_windows
from lapa.data.shards.images import (
    color_blocks,
    encode_square,
    perceptual_hash,
    thumbnail,
    to_square,
)
from lapa.records import FrameCodec

CHUNK_FRAMES = 32
"""Frames decoded at a time, fewer of large pictures: memory stays flat however long an episode is."""


@dataclass(frozen=True, kw_only=True)
class Clip:
    """One window of an episode, ready to be written."""

    window: Window
    jpegs: list[bytes]
    thumbnails: list[bytes]
    hashes: tuple[int, int]
    """Perceptual hashes of the first and the middle frame."""
    color_blocks: list[bytes]
    """Means of 16 x 16 blocks of every frame, ``uint8 (16, 16, 3)`` as bytes; not stored."""
    actions: NDArray[np.float32] | None
    states: NDArray[np.float32] | None

    @property
    def jpeg_offsets(self) -> list[int]:
        """Byte borders of the JPEGs inside ``.frames``, one more than there are frames."""
        return list(accumulate(map(len, self.jpegs), initial=0))


@dataclass
class _Encoded:
    """Encoded frames of the current window; the overlap stays for the next one."""

    jpegs: list[bytes] = field(default_factory=list)
    thumbnails: list[bytes] = field(default_factory=list)
    color_blocks: list[bytes] = field(default_factory=list)
    hashes: dict[int, int] = field(default_factory=dict)

    def drop(self, count: int) -> None:
        del self.jpegs[:count], self.thumbnails[:count], self.color_blocks[:count]


def encode_clips(
    episode: Episode, *, codec: FrameCodec, clip_frames: int, overlap: int
) -> Iterator[Clip]:
    """Yield the clips of an episode in order.

    Raises:
        BadInputError: frames cannot be decoded, or have not the promised number or shape.
    """
    windows = clip_windows(episode.num_frames, clip_frames=clip_frames, overlap=overlap)
    # a middle frame may lie in the part that the clip before has already encoded
    hashed = {frame for window in windows for frame in _hashed_frames(window)}
    encoded = _Encoded()
    decoder, position = _Decoder(episode), 0
    for window in windows:
        while position < window.stop:
            frames = decoder.some(position, window.stop)
            for index, frame in enumerate(frames, start=position):
                square = to_square(frame, codec)
                encoded.jpegs.append(encode_square(square, codec))
                encoded.thumbnails.append(thumbnail(square))
                encoded.color_blocks.append(color_blocks(square))
                if index in hashed:
                    encoded.hashes[index] = perceptual_hash(square)
            position += len(frames)
        yield _clip(episode, window, encoded)
        encoded.drop(window.owned)


def _hashed_frames(window: Window) -> tuple[int, int]:
    return window.start, window.start + window.num_frames // 2


def _clip(episode: Episode, window: Window, encoded: _Encoded) -> Clip:
    rows = slice(window.start, window.stop)
    first, middle = (encoded.hashes[frame] for frame in _hashed_frames(window))
    return Clip(
        window=window,
        jpegs=list(encoded.jpegs),
        thumbnails=list(encoded.thumbnails),
        hashes=(first, middle),
        color_blocks=list(encoded.color_blocks),
        actions=None if episode.actions is None else episode.actions[rows],
        states=None if episode.states is None else episode.states[rows],
    )


@dataclass
class _Decoder:
    """Decodes as many frames at a time as memory is meant for; the first alone tells how large they are."""

    episode: Episode
    shape: tuple[int, ...] = ()

    def some(self, start: int, stop: int) -> Frames:
        """Return one frame or more from ``start`` on, none behind ``stop``."""
        count = min(DECODED_BYTES // math.prod(self.shape), CHUNK_FRAMES) if self.shape else 1
        frames = _read(self.episode, start, min(start + max(count, 1), stop))
        if self.shape not in ((), frames.shape[1:]):
            sizes = f"a frame of {frames.shape[1:]} behind one of {self.shape}"
            raise _bad_frames(self.episode, "mixed_sizes", sizes, "one size per episode")
        self.shape = frames.shape[1:]
        return frames


def _read(episode: Episode, start: int, stop: int) -> Frames:
    frames = episode.frames(range(start, stop))
    if frames.dtype != np.uint8 or frames.ndim != 4 or frames.shape[-1] != 3:
        raise _bad_frames(
            episode,
            "wrong_frame_format",
            f"{frames.dtype} {frames.shape}",
            "uint8 (frame, height, width, 3)",
        )
    if len(frames) != stop - start:
        wanted = f"{stop - start} (frames {start} to {stop - 1})"
        raise _bad_frames(episode, "missing_frames", f"{len(frames)} frames", wanted)
    return frames


def _bad_frames(episode: Episode, reason: str, frames: str, expected: str) -> BadInputError:
    detail = f"found {frames}, expected {expected}; the source's adapter or file is at fault"
    return bad_episode(episode, reason, detail)
