"""One recording seen by several cameras at once: a mosaic in place of one camera's picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lapa.data.bad_input import OnBad, SettingsError, bad, bad_episode
from lapa.data.episode import Again, Episode, Frames
from lapa.data.media.mosaic import mosaic

OneCamera = Callable[[str], Iterator[Episode]]
"""Opens a source with the camera of this name."""


def open_together(open_one: OneCamera, cameras: Sequence[str], report: OnBad) -> Iterator[Episode]:
    """Yield every recording that all cameras show, in the order of the first camera that still waits.

    Args:
        open_one: the source, by camera; actions, states and words come from the first camera's.
        cameras: at least two different names, in the order of the mosaic's cells.
        report: receives a recording that one camera lacks, or shows with another number of frames.

    Raises:
        SettingsError: one camera, or one of them twice.
    """
    if len(cameras) < 2 or len(set(cameras)) < len(cameras):
        raise SettingsError(
            f"camera is {list(cameras)}, expected at least two different ones; write a single one as text"
        )
    streams = [open_one(camera) for camera in cameras]
    waiting: dict[str, dict[int, Episode]] = {}
    for number, episode in _in_turn(streams):
        views = waiting.setdefault(episode.episode_id, {})
        views[number] = episode
        if len(views) == len(cameras):
            yield from _joined([views[i] for i in range(len(cameras))], cameras, report)
            del waiting[episode.episode_id]
    for views in waiting.values():
        shown, lacking = (
            next(iter(views.values())),
            [c for i, c in enumerate(cameras) if i not in views],
        )
        report(
            bad_episode(shown, "missing_camera", f"nothing from camera {', '.join(lacking)}").record
        )


def _in_turn(streams: Sequence[Iterator[Episode]]) -> Iterator[tuple[int, Episode]]:
    """Take one recording of each camera after the other, so that few wait for their others."""
    left = dict(enumerate(streams))
    while left:
        for number, stream in list(left.items()):
            episode = next(stream, None)
            if episode is None:
                del left[number]
            else:
                yield number, episode


def _joined(views: Sequence[Episode], cameras: Sequence[str], report: OnBad) -> Iterator[Episode]:
    lengths = [view.num_frames for view in views]
    if len(set(lengths)) > 1:
        detail = f"cameras {list(cameras)} show {lengths} frames, expected as many of each"
        report(bad_episode(views[0], "cameras_disagree", detail).record)
        return
    yield _mosaic_of(views, cameras)


def _mosaic_of(views: Sequence[Episode], cameras: Sequence[str]) -> Episode:
    first = views[0]
    again = None
    if all(view.again is not None for view in views):
        rereaders = tuple(view.again for view in views if view.again is not None)
        again = Again(
            _ReadTogether(tuple(a.read for a in rereaders), tuple(cameras)),
            tuple(a.item for a in rereaders),
        )
    return replace(
        first,
        read_frames=_Mosaic(tuple(views)),
        provenance={**first.provenance, "camera": list(cameras)},
        again=again,
    )


@dataclass(frozen=True)
class _Mosaic:
    """Decodes the frames of all cameras and puts them side by side."""

    views: tuple[Episode, ...]

    def __call__(self, indices: Sequence[int] | None) -> Frames:
        return mosaic([view.frames(indices) for view in self.views])


@dataclass(frozen=True)
class _ReadTogether:
    """Reads one recording once more, through every camera's own reader."""

    readers: tuple[Callable[[Any], Episode], ...]
    cameras: tuple[str, ...]

    def __call__(self, items: tuple[Any, ...]) -> Episode:
        views = [read(item) for read, item in zip(self.readers, items, strict=True)]
        lengths = [view.num_frames for view in views]
        if len(set(lengths)) > 1:
            raise bad(
                "cameras_disagree", f"cameras {list(self.cameras)} show {lengths} frames by now"
            )
        return _mosaic_of(views, self.cameras)
