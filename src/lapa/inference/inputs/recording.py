"""Frames in order with what is known about them, wherever they come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from einops import pack
from numpy.typing import NDArray

from lapa.data.episode import Episode, Frames
from lapa.data.shards.images import as_stored
from lapa.records import FrameCodec

READ_AT_ONCE: Final = 8
"""Raw frames in memory at a time: a 4K frame has 25 MB, what a model sees of it 12 KB."""


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A clip, an episode, or pictures that belong together; frames are read when they are asked for."""

    name: str
    num_frames: int
    read: Callable[[Sequence[int]], Iterable[Frames]]
    """Frame numbers to frames ``uint8 (height, width, 3)``, RGB; their sizes may differ."""
    fps: float | None = None
    """Frames per second of robot time, Hz; None for pictures, which carry no rate."""
    instruction: str | None = None
    """What is asked for; None where nobody says."""
    actions: NDArray[np.float32] | None = None
    """``float32 (num_frames, action_dim)``: what was done, in the recording's units."""
    action_names: tuple[str, ...] = ()
    states: NDArray[np.float32] | None = None
    """``float32 (num_frames, state_dim)``: proprioception."""
    state_names: tuple[str, ...] = ()
    stored_as: FrameCodec | None = None
    """Codec of frames that come out of shards: those went through it already."""

    def pictures(self, numbers: Sequence[int], codec: FrameCodec) -> NDArray[np.uint8]:
        """Frames as ingestion would store them: made square and through JPEG.

        Frames of a shard set that have the size already are such pictures, and stay as they are.

        Args:
            numbers: of the frames.
            codec: of the shards that the model was trained on.

        Returns:
            ``uint8 (picture, image_size, image_size, 3)``, RGB.
        """
        is_stored = self.stored_as is not None and self.stored_as.image_size == codec.image_size
        pictures: list[NDArray[np.uint8]] = []
        for first in range(0, len(numbers), READ_AT_ONCE):
            frames = self.read(numbers[first : first + READ_AT_ONCE])
            pictures += [frame if is_stored else as_stored(frame, codec) for frame in frames]
        packed: NDArray[np.uint8] = pack(pictures, "* h w c")[0]
        return packed


def recording_of(episode: Episode, *, stored_as: FrameCodec | None = None) -> Recording:
    """An episode of a source or of a shard set; ``stored_as`` is the codec of the latter."""
    return Recording(
        name=f"{episode.source}/{episode.episode_id}",
        num_frames=episode.num_frames,
        read=episode.frames,
        fps=episode.fps,
        instruction=episode.instruction or None,
        actions=episode.actions,
        action_names=episode.action_names,
        states=episode.states,
        state_names=episode.state_names,
        stored_as=stored_as,
    )
