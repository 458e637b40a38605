"""The episodes of one configured source, renamed, filtered and resampled as its parameters say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from lapa.data.bad_input import BadInputError, OnBad, bad_episode, raise_bad, read_each
from lapa.data.episode import Episode
from lapa.data.ingestion.place import place_of_source
from lapa.data.ingestion.resample import resample
from lapa.data.remote.cache import RemoteCache
from lapa.data.sources.base.action_width import Widths, split_by_width
from lapa.data.sources.base.checked import checked
from lapa.data.sources.base.printable import printable
from lapa.params.ingestion import IngestionParams, SourceParams

Opener = Callable[[OnBad], Iterator[Episode]]
"""Reads a source from the start; bad items go to the given report."""


@dataclass(frozen=True, kw_only=True)
class Input:
    """One source and how to read it; picklable whenever its opener is."""

    params: SourceParams
    open: Opener

    def episodes(
        self, settings: IngestionParams, report: OnBad, widths: Widths | None = None
    ) -> Iterator[Episode]:
        """Yield the source's usable episodes: the same ones, in the same order, every time.

        ``widths`` is filled with the usual width of each dataset's actions.
        """
        renamed = (self._renamed(episode) for episode in self.open(report))
        wanted = (episode for episode in renamed if self._is_wanted(episode))
        prepared = self._prepared(wanted, settings, report)
        # checked once more: renaming and resampling change ids and lengths
        sound = checked(
            split_by_width(prepared, widths), report=report, min_frames=settings.min_frames
        )
        yield from islice(sound, self.params.max_episodes)

    def single(
        self,
        read: Callable[[Any], Episode],
        item: Any,
        settings: IngestionParams,
        widths: Widths,
    ) -> Episode:
        """Read one usable episode without its neighbours; ``widths`` are those of all of them.

        Raises:
            BadInputError: it cannot be used any more.
        """
        # what `open_source` does to every episode
        (episode,) = printable(read_each([item], read, raise_bad))
        prepared = self._resampled(self._renamed(episode), settings)
        named = split_by_width([prepared], {**widths})
        (sound,) = checked(named, min_frames=settings.min_frames)
        return sound

    def _prepared(
        self, episodes: Iterator[Episode], settings: IngestionParams, report: OnBad
    ) -> Iterator[Episode]:
        # no `read_each`: the item to read again is the adapter's, not the episode it made of it
        for episode in episodes:
            try:
                prepared = self._resampled(episode, settings)
            except BadInputError as error:
                report(error.record)
                continue
            yield prepared

    def _renamed(self, episode: Episode) -> Episode:
        return replace(episode, source=self.params.name) if self.params.name else episode

    def _resampled(self, episode: Episode, settings: IngestionParams) -> Episode:
        how = self.params.resample_actions
        resampled = resample(episode, settings.target_fps, actions=how)
        if 0 < settings.max_horizon_s * resampled.fps <= 0.5:
            detail = (
                f"{resampled.num_frames} frames at {resampled.fps:g} Hz: max_horizon_s = "
                f"{settings.max_horizon_s:g} s is less than half a frame; raise it, or correct the rate"
            )
            raise bad_episode(episode, "too_few_frames_per_second", detail)
        return resampled

    def _is_wanted(self, episode: Episode) -> bool:
        keep, leave = self.params.environments, self.params.exclude_environments
        return (not keep or episode.environment in keep) and episode.environment not in leave


@contextmanager
def inputs_of(
    sources: Sequence[SourceParams], cache: RemoteCache | None = None
) -> Iterator[list[Input]]:
    """Give sources with the adapters that open them; an adapter's ``report`` argument is filled in.

    Args:
        sources: what to read.
        cache: where what lies at a URL comes to, and stays until the block ends.
    """
    with ExitStack() as held:
        places = [held.enter_context(place_of_source(source, cache)) for source in sources]
        yield [
            Input(params=source, open=partial(_open, source, place))
            for source, place in zip(sources, places, strict=True)
        ]


def _open(source: SourceParams, place: Path, report: OnBad) -> Iterator[Episode]:
    from lapa.data.sources import open_source  # noqa: PLC0415 (adapters load many libraries)

    return open_source(source.kind, place, report=report, **source.options)
