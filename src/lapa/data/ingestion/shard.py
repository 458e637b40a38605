"""One shard while it is written: episodes in, tars and a result out, or nothing at all."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lapa.data.bad_input import BadInputError
from lapa.data.episode import Episode
from lapa.data.ingestion.listing import EpisodeFacts
from lapa.data.ingestion.parts import part_of
from lapa.data.ingestion.plan import ShardTask
from lapa.data.ingestion.remarks import Stillness, remarks_on
from lapa.data.shards.clips import overlap_frames
from lapa.data.shards.encode import encode_clips
from lapa.data.shards.index import index_path
from lapa.data.shards.layout import slug
from lapa.data.shards.writer import ShardWriter
from lapa.data.statistics.action_sums import ActionSums
from lapa.folders.whole_file import write_whole
from lapa.params.ingestion import IngestionParams
from lapa.records import digest_of_file

WORK = ".work"
"""Folder of everything unfinished, inside the output."""


@dataclass(frozen=True, kw_only=True)
class ShardResult:
    """What came of one task; kept as JSON beside the unfinished output until the record exists."""

    split: str
    name: str
    shards: dict[str, str]
    """SHA-256 of every tar, by its name relative to the output."""
    clips: int
    episodes: dict[str, int]
    """Per source."""
    frames: dict[str, int]
    """Distinct frames per source."""
    unlabeled: dict[str, int]
    """Frames without an instruction, per source."""
    bytes: int
    actions: dict[str, dict[str, Any]]
    notes: dict[str, dict[str, int]]
    """Per source, how many episodes carry each note of its adapter (``provenance["notes"]``)."""
    skipped: list[dict[str, str]] = field(default_factory=list)
    lost: list[list[int]] = field(default_factory=list)
    """`EpisodeFacts.place` of what was skipped."""
    remarks: list[dict[str, str]] = field(default_factory=list)
    """What to say about recordings that were kept, see `lapa.data.ingestion.remarks`."""


def finished(out: Path, task: ShardTask) -> ShardResult | None:
    """Return what a run before has left of this task."""
    done = _result_file(out, task)
    return ShardResult(**json.loads(done.read_text())) if done.is_file() else None


def _result_file(out: Path, task: ShardTask) -> Path:
    return out / WORK / f"{task.split}-{task.name}.json"


class OpenShard:
    """Takes the episodes of one task in order; `close` makes the shard visible."""

    def __init__(self, task: ShardTask, *, out: Path, settings: IngestionParams) -> None:
        self.task = task
        self._out, self._settings = out, settings
        folder = out / WORK / f"{task.split}.parts"
        folder.mkdir(exist_ok=True)
        self._writer = ShardWriter(
            folder=folder, name=task.name, max_bytes=settings.max_bytes_per_shard
        )
        self._tally = _Tally()

    def add(self, facts: EpisodeFacts, episode: Episode) -> None:
        """Encode one planned episode; one that cannot be decoded is taken back whole.

        Raises:
            BadInputError: a bad episode, under the policy ``raise``.
        """
        savepoint = self._writer.savepoint()
        part = part_of(episode, facts.part)
        try:
            clips, stillness = self._encode(part, facts)
        except BadInputError as error:
            self._writer.rollback(savepoint)
            self.skip(facts, error)
        else:
            self._tally.count(part, clips, stillness)

    def skip(self, facts: EpisodeFacts, error: BadInputError) -> None:
        """Count an episode that cannot be used, or stop, as the policy says."""
        if self._settings.on_bad_sample == "raise":
            raise error
        self._tally.skipped.append(asdict(error.record))
        self._tally.lost.append(list(facts.place))

    def close(self) -> ShardResult:
        """Publish the tars and what is known about them."""
        digests, size = {}, 0
        split, paths = self.task.split, self._writer.close()
        (self._out / split).mkdir(exist_ok=True)
        for path in paths:
            digests[f"{split}/{path.name}"] = digest_of_file(path)
            size += path.stat().st_size
            for part in (index_path(path), path):
                part.replace(self._out / split / part.name)
        result = self._tally.result(task=self.task, shards=digests, size=size)
        text = json.dumps(asdict(result), sort_keys=True)
        write_whole(_result_file(self._out, self.task), text)
        return result

    def discard(self) -> None:
        """Leave nothing behind."""
        self._writer.discard()

    def _encode(self, episode: Episode, facts: EpisodeFacts) -> tuple[int, Stillness]:
        settings, stillness = self._settings, Stillness()
        overlap = overlap_frames(settings.max_horizon_s, episode.fps)
        name = f"{slug(episode.source)}_{facts.input}-{facts.ordinal:07d}"
        count = 0
        for clip in encode_clips(
            episode, codec=settings.codec, clip_frames=settings.clip_frames, overlap=overlap
        ):
            key = f"{name}_{facts.start + clip.window.start:07d}"
            self._writer.add(key=key, episode=episode, clip=clip)
            stillness.add(clip.color_blocks)
            count += 1
        stillness.judge(episode, settings.still_recordings)
        return count, stillness


@dataclass
class _Tally:
    """Counts of one shard while it is written."""

    clips: int = 0
    episodes: Counter[str] = field(default_factory=Counter)
    frames: Counter[str] = field(default_factory=Counter)
    unlabeled: Counter[str] = field(default_factory=Counter)
    actions: dict[str, ActionSums] = field(default_factory=dict)
    notes: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    skipped: list[dict[str, str]] = field(default_factory=list)
    lost: list[list[int]] = field(default_factory=list)
    remarks: list[dict[str, str]] = field(default_factory=list)

    def count(self, episode: Episode, clips: int, stillness: Stillness) -> None:
        source = episode.source
        self.clips += clips
        self.episodes[source] += 1
        self.frames[source] += episode.num_frames
        self.notes[source].update([*episode.provenance.get("notes", ()), *stillness.notes])
        self.remarks += [asdict(remark) for remark in remarks_on(episode, stillness)]
        if not episode.instruction.strip():
            self.unlabeled[source] += episode.num_frames
        if episode.actions is not None:
            sums = ActionSums.of(episode)
            known = self.actions.get(source)
            self.actions[source] = sums if known is None else known.merged(sums)

    def result(self, *, task: ShardTask, shards: dict[str, str], size: int) -> ShardResult:
        return ShardResult(
            split=task.split,
            name=task.name,
            shards=shards,
            clips=self.clips,
            episodes=dict(self.episodes),
            frames=dict(self.frames),
            unlabeled=dict(self.unlabeled),
            bytes=size,
            actions={source: sums.plain() for source, sums in self.actions.items()},
            notes={source: dict(counts) for source, counts in self.notes.items()},
            skipped=self.skipped,
            lost=self.lost,
            remarks=self.remarks,
        )
