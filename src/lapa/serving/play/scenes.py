"""Recorded clips to play with: a few of every dataset, and the frames of each that have a future."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.data.shards.clip_table import ClipTable, load_clip_table
from lapa.data.shards.pair_index import clip_offsets
from lapa.data.shards.reader import ClipReader
from lapa.records import PairSpec, ShardSet
from lapa.refused import RefusedError
from lapa.serving.play.messages import Place
from lapa.serving.refusal import RequestError

Frame = NDArray[np.uint8]
"""``(height, width, 3)``, RGB."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A clip as the page lists it."""

    dataset: str
    environment: str
    episode: str
    instruction: str
    frames: int
    """Frames t for which t+H is in the clip."""
    horizon: int
    """H in frames."""


class Scenes:
    """The clips of a split, at most ``most`` of them; datasets take turns."""

    def __init__(self, shards: ShardSet, split: str, spec: PairSpec, *, most: int) -> None:
        self._table = load_clip_table(shards, split)
        self._reader = ClipReader(self._table, image_size=shards.image_size)
        offsets = clip_offsets(self._table, spec)
        usable = self._table.numbers["num_frames"] - offsets
        self._clips = _in_turns(self._table, np.flatnonzero(usable > 0), most)
        if not len(self._clips):
            raise RefusedError(
                f"split {split!r} of {shards.path} has no clip longer than the horizon of {spec.horizon_s:g} s; "
                "choose another --split"
            )
        self.scenes = tuple(
            _scene(self._table, int(clip), int(usable[clip]), int(offsets[clip]))
            for clip in self._clips
        )

    def pair(self, place: Place) -> Frame:
        """Decode frames t and t+H, ``uint8 (2, height, width, 3)``.

        Raises:
            RequestError: 404, there is no such scene, or no such frame in it.
        """
        if place.scene >= len(self.scenes):
            raise RequestError(
                404, f"found scene {place.scene}, expected 0 to {len(self.scenes) - 1}"
            )
        scene = self.scenes[place.scene]
        if place.frame >= scene.frames:
            raise RequestError(
                404,
                f"found frame {place.frame} of scene {place.scene}, expected 0 to {scene.frames - 1}",
            )
        clip = int(self._clips[place.scene])
        return self._reader.frames(clip, [place.frame, place.frame + scene.horizon])


def _in_turns(table: ClipTable, clips: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """The first clip of each dataset, then the second ones, and so on; ascending in the end."""
    dataset = table.texts["dataset"].codes[clips]
    turn = np.zeros(len(clips), np.int64)
    for code in np.unique(dataset):
        own = dataset == code
        turn[own] = np.arange(own.sum())
    return np.sort(clips[np.argsort(turn, kind="stable")][:most])


def _scene(table: ClipTable, clip: int, frames: int, horizon: int) -> Scene:
    text = {name: column[clip] for name, column in table.texts.items()}
    return Scene(
        dataset=text["dataset"],
        environment=text["environment"],
        episode=text["episode_id"],
        instruction=text["instruction"],
        frames=frames,
        horizon=horizon,
    )
