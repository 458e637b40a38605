"""Encodes planned shards, in one or many processes; a finished shard is never written twice."""

from __future__ import annotations

import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from lapa.data.bad_input import BadInputError, BadRecord
from lapa.data.episode import Episode
from lapa.data.ingestion.action_sums import ActionSums
from lapa.data.ingestion.inputs import Input
from lapa.data.ingestion.plan import EpisodeFacts, ShardTask
from lapa.data.ingestion.remarks import Stillness, remarks_on
from lapa.data.shards.clips import overlap_frames
from lapa.data.shards.encode import encode_clips
from lapa.data.shards.index import index_path
from lapa.data.shards.layout import slug
from lapa.data.shards.writer import ShardWriter
from lapa.params.ingestion import IngestionParams
from lapa.records import digest_of_file

WORK = ".work"
"""Folder of everything unfinished, inside the output."""


@dataclass(frozen=True, kw_only=True)
class ShardResult:
    """What came of one task; kept as JSON beside the unfinished output until the record exists."""

    split: str
    shards: dict[str, str]
    """SHA-256 of every tar, by its name relative to the output."""
    clips: int
    episodes: dict[str, int]
    """Per source."""
    frames: dict[str, int]
    """Distinct frames per source."""
    unlabelled: dict[str, int]
    """Frames without an instruction, per source."""
    bytes: int
    actions: dict[str, dict[str, Any]]
    notes: dict[str, dict[str, int]]
    """Per source, how many episodes carry each note of its adapter (``provenance["notes"]``)."""
    skipped: list[dict[str, str]] = field(default_factory=list)
    remarks: list[dict[str, str]] = field(default_factory=list)


class SourceCursor:
    """Walks forward through sources, so that a process reads each one once per split, not per shard."""

    def __init__(self, inputs: Sequence[Input], settings: IngestionParams) -> None:
        self._inputs, self._settings = inputs, settings
        self._open: dict[int, tuple[int, Iterator[Episode]]] = {}

    def fetch(self, facts: EpisodeFacts) -> Episode:
        """Return the planned episode.

        Raises:
            RuntimeError: the source no longer yields what was planned.
        """
        position, episodes = self._open.get(facts.input, (0, iter(())))
        if position > facts.ordinal or facts.input not in self._open:
            position = 0
            episodes = self._inputs[facts.input].episodes(self._settings, _already_reported)
        found = None
        for _ in range(facts.ordinal - position + 1):
            found = next(episodes, None)
        self._open[facts.input] = (facts.ordinal + 1, episodes)
        if found is None or (found.episode_id, found.num_frames) != (
            facts.episode_id,
            facts.num_frames,
        ):
            raise RuntimeError(
                f"source {facts.source} changed while it was read: episode {facts.ordinal} was "
                f"{facts.episode_id!r}, now {found and found.episode_id!r}; run ingestion again"
            )
        return found


def _already_reported(record: BadRecord) -> None:
    """Planning has reported (or raised) what this pass meets again."""


@dataclass
class ShardMaker:
    """Turns tasks into finished shards under ``out``."""

    out: Path
    inputs: Sequence[Input]
    settings: IngestionParams
    _cursor: SourceCursor | None = None

    def __call__(self, task: ShardTask) -> ShardResult:
        """Write one shard, or return what a run before has left.

        Raises:
            BadInputError: a bad episode, under the policy ``raise``.
        """
        done = self.out / WORK / f"{task.split}-{task.name}.json"
        if done.is_file():
            return ShardResult(**json.loads(done.read_text()))
        folder = self.out / WORK / f"{task.split}.parts"
        folder.mkdir(exist_ok=True)
        writer = ShardWriter(
            folder=folder, name=task.name, max_bytes=self.settings.max_bytes_per_shard
        )
        try:
            result = self._write(task, writer)
        except BaseException:  # also an interrupt or a full disk: leave no part behind
            writer.discard()
            raise
        _write_json(done, asdict(result))
        return result

    def _write(self, task: ShardTask, writer: ShardWriter) -> ShardResult:
        tally = _Tally()
        cursor = self._cursor = self._cursor or SourceCursor(self.inputs, self.settings)
        for facts in task.episodes:
            mark = writer.mark()
            episode = cursor.fetch(facts)
            try:
                clips, stillness = self._add(episode, facts, writer)
            except BadInputError as error:
                if self.settings.on_bad_sample == "raise":
                    raise
                writer.rollback(mark)
                tally.skipped.append(asdict(error.record))
                continue
            tally.count(episode, clips, stillness)
        shards, size = self._publish(task.split, writer.close())
        return tally.result(split=task.split, shards=shards, size=size)

    def _add(
        self, episode: Episode, facts: EpisodeFacts, writer: ShardWriter
    ) -> tuple[int, Stillness]:
        settings, stillness = self.settings, Stillness()
        overlap = overlap_frames(settings.max_horizon_s, episode.fps)
        name, count = slug(episode.source), 0
        for clip in encode_clips(
            episode, codec=settings.codec, clip_frames=settings.clip_frames, overlap=overlap
        ):
            key = f"{name}_{facts.input}-{facts.ordinal:07d}_{clip.window.start:07d}"
            writer.add(key=key, episode=episode, clip=clip)
            stillness.add(clip.colour_blocks)
            count += 1
        stillness.judge(episode, settings.still_recordings)
        return count, stillness

    def _publish(self, split: str, paths: list[Path]) -> tuple[dict[str, str], int]:
        (self.out / split).mkdir(exist_ok=True)
        digests, size = {}, 0
        for path in paths:
            digests[f"{split}/{path.name}"] = digest_of_file(path)
            size += path.stat().st_size
            for part in (index_path(path), path):
                part.replace(self.out / split / part.name)
        return digests, size

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_cursor": None}


@dataclass
class _Tally:
    """Counts of one shard while it is written."""

    clips: int = 0
    episodes: Counter[str] = field(default_factory=Counter)
    frames: Counter[str] = field(default_factory=Counter)
    unlabelled: Counter[str] = field(default_factory=Counter)
    actions: dict[str, ActionSums] = field(default_factory=dict)
    notes: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    skipped: list[dict[str, str]] = field(default_factory=list)
    remarks: list[dict[str, str]] = field(default_factory=list)

    def count(self, episode: Episode, clips: int, stillness: Stillness) -> None:
        source = episode.source
        self.clips += clips
        self.episodes[source] += 1
        self.frames[source] += episode.num_frames
        self.notes[source].update([*episode.provenance.get("notes", ()), *stillness.notes])
        self.remarks += [asdict(remark) for remark in remarks_on(episode, stillness)]
        if not episode.instruction.strip():
            self.unlabelled[source] += episode.num_frames
        if episode.actions is not None:
            sums = ActionSums.of(episode)
            known = self.actions.get(source)
            self.actions[source] = sums if known is None else known.merged(sums)

    def result(self, *, split: str, shards: dict[str, str], size: int) -> ShardResult:
        return ShardResult(
            split=split,
            shards=shards,
            clips=self.clips,
            episodes=dict(self.episodes),
            frames=dict(self.frames),
            unlabelled=dict(self.unlabelled),
            bytes=size,
            actions={source: asdict(sums) for source, sums in self.actions.items()},
            notes={source: dict(counts) for source, counts in self.notes.items()},
            skipped=self.skipped,
            remarks=self.remarks,
        )


def _write_json(path: Path, facts: dict[str, Any]) -> None:
    partial = path.with_suffix(".partial")
    with partial.open("w") as file:
        json.dump(facts, file, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def make_shards(maker: ShardMaker, tasks: Sequence[ShardTask]) -> Iterator[ShardResult]:
    """Yield the result of every task, in order; `IngestionParams.workers` processes share them."""
    workers = min(maker.settings.workers, len(tasks))
    if workers <= 1:
        yield from map(maker, tasks)
        return
    # spawned, not forked: the parent may hold threads and locks of video or tracking libraries
    pool = ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_keep_maker, initargs=(maker,)
    )
    with pool:
        try:
            yield from pool.map(_run_kept_maker, tasks)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


_maker: list[ShardMaker] = []
"""The maker of this worker process: its open sources outlive a task."""


def _keep_maker(maker: ShardMaker) -> None:
    _maker[:] = [maker]


def _run_kept_maker(task: ShardTask) -> ShardResult:
    return _maker[0](task)
