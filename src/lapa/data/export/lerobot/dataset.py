"""Clip shards to a LeRobot v3.0 dataset, without the lerobot package."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lapa.data.episode import Episode
from lapa.data.export.lerobot import layout
from lapa.data.export.lerobot.latent_codes import FACTS_FILE, codes_of_episodes, facts_of_codes
from lapa.data.export.lerobot.video_stream import VideoQuality
from lapa.data.export.lerobot.writer import LeRobotWriter
from lapa.data.export.publish import published
from lapa.data.export.shard_episodes import datasets_of, shard_episodes
from lapa.data.sources.base.rows import numbered_names
from lapa.records import LabelSet, ShardSet


def export_lerobot(
    shard_set: ShardSet,
    out: Path,
    *,
    dataset: str = "",
    splits: Sequence[str] | None = None,
    quality: VideoQuality = "lossless",
    labels: LabelSet | None = None,
) -> Path:
    """Write one dataset of a shard set as LeRobot v3.0; ``out`` appears when it is complete.

    Args:
        shard_set: the clips.
        out: folder to make; must not exist.
        dataset: which dataset of the shard set; may be empty where there is only one.
        splits: in this order, each a range of episodes in ``info.json``; all when None.
        quality: ``lossless`` keeps the shard's pixels exactly, ``compact`` is several times smaller.
        labels: their codes become the column ``latent_action``.

    Raises:
        FileExistsError: ``out`` exists.
        ValueError: several datasets and none chosen, an unknown one, episodes of several rates,
            or labels of other shards.
    """
    chosen = tuple(splits or shard_set.splits)
    name = _choose(dataset, datasets_of(shard_set, chosen), shard_set.path)
    with published(out) as folder:
        writer: LeRobotWriter | None = None
        for split, episode, codes in _episodes(shard_set, chosen, name, labels):
            if writer is None:
                width = 0 if codes is None else codes.shape[1]
                writer = _writer(folder, episode, shard_set.image_size, quality, width)
            writer.add(episode, split, codes)
        if writer is None:
            raise ValueError(f"{shard_set.path}: no episode of {name} in {chosen}")
        writer.close()
        if labels is not None:
            layout.write_json(folder, FACTS_FILE, facts_of_codes(labels))
    return out


def _choose(dataset: str, known: list[str], path: str) -> str:
    if dataset in known:
        return dataset
    if not dataset and len(known) == 1:
        return known[0]
    raise ValueError(
        f"{path}: dataset {dataset!r}, found {known}; name one, because a LeRobot dataset has one "
        "frame rate and one action vector"
    )


def _episodes(
    shard_set: ShardSet, splits: Sequence[str], dataset: str, labels: LabelSet | None
) -> Iterator[tuple[str, Episode, NDArray[np.int64] | None]]:
    for split in splits:
        if not shard_set.split(split).shards:
            continue
        episodes = shard_episodes(shard_set, split, dataset)
        if labels is None:
            yield from ((split, episode, None) for episode in episodes)
        else:
            codes = codes_of_episodes(shard_set, labels, split, dataset)
            yield from ((split, *both) for both in zip(episodes, codes, strict=True))


def _writer(
    folder: Path, episode: Episode, size: int, quality: VideoQuality, code_seq_len: int
) -> LeRobotWriter:
    """Shape the dataset after its first episode; the writer refuses others."""
    actions, states = episode.actions, episode.states
    return LeRobotWriter(
        folder,
        fps=episode.fps,
        image_size=size,
        action_names=()
        if actions is None
        else episode.action_names or numbered_names("action", actions.shape[1]),
        state_names=()
        if states is None
        else episode.state_names or numbered_names("state", states.shape[1]),
        robot=episode.source,
        quality=quality,
        code_seq_len=code_seq_len,
    )
