"""A run of an episode's frames as an episode of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lapa.data.episode import Episode, FrameReader, Frames
from lapa.data.frame_indices import resolve_indices


@dataclass(frozen=True)
class PartFrames:
    """A `FrameReader` over frames ``[start, start + num_frames)`` of another one."""

    whole: FrameReader
    start: int
    num_frames: int

    def __call__(self, indices: Sequence[int] | None = None) -> Frames:
        """Decode the asked frames to ``uint8 (frame, height, width, 3)`` RGB."""
        asked = resolve_indices(indices, self.num_frames)
        return self.whole([self.start + index for index in asked])


def part_of(episode: Episode, part: tuple[int, int] | None) -> Episode:
    """Return frames ``[start, stop)`` of an episode, or the episode itself for None.

    The id tells the frames, ``walk@0-539``, and the provenance the episode they come from.
    """
    if part is None:
        return episode
    start, stop = part
    rows = slice(start, stop)
    return replace(
        episode,
        episode_id=f"{episode.episode_id}@{start}-{stop - 1}",
        num_frames=stop - start,
        read_frames=PartFrames(episode.read_frames, start, stop - start),
        actions=None if episode.actions is None else episode.actions[rows],
        states=None if episode.states is None else episode.states[rows],
        provenance={
            **episode.provenance,
            "part_of": {"episode_id": episode.episode_id, "num_frames": episode.num_frames},
        },
    )
