"""From what stands on the command line to recordings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

from lapa.data.export.shard_episodes import datasets_of, shard_episodes
from lapa.data.ingestion.resample import resample
from lapa.data.shards.summary import find_shard_set
from lapa.data.sources.registry import open_source
from lapa.data.sources.source_kind import kind_of
from lapa.inference.inputs.image_files import open_images
from lapa.inference.inputs.recording import Recording, recording_of
from lapa.records import RECORD, ShardSet
from lapa.refused import RefusedError, alternatives

IMAGE_SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png"})


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What is read of an input, and how."""

    kind: str = ""
    """Source kind of a dataset; empty looks at its files."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Keyword arguments of its adapter."""
    split: str = ""
    """Of a shard set; empty takes ``val`` where there is one, else ``train``."""
    dataset: str = ""
    """Of a shard set or source; empty takes all."""
    episodes: tuple[str, ...] = ()
    """Ids; empty takes the first ones."""
    max_episodes: int | None = 1
    """None takes all."""
    fps: float | None = None
    """Rate of pictures and of a video, Hz, instead of what the file says."""


def open_input(paths: tuple[Path, ...], selection: Selection) -> list[Recording]:
    """Recordings at ``paths``: pictures, or one video, shard set or dataset; no frame is decoded yet.

    Raises:
        RefusedError: nothing is there, nothing of it was selected, or several paths are no pictures.
        BadInputError: a recording of a source cannot be used.
    """
    if missing := [str(path) for path in paths if not path.exists()]:
        raise RefusedError(f"input {', '.join(missing)} does not exist; expected a file or folder")
    if all(path.suffix.lower() in IMAGE_SUFFIXES and path.is_file() for path in paths):
        return [open_images(paths, fps=selection.fps)]
    if len(paths) > 1:
        raise RefusedError(
            f"found {len(paths)} inputs of which not all are JPEG or PNG files, expected pictures, or one "
            "video, shard set or dataset; call once for each"
        )
    if not selection.kind and _is_shard_set(paths[0]):
        recordings = _of_shards(find_shard_set(paths[0]), selection)
    else:
        recordings = _of_source(paths[0], selection)
    return _chosen(recordings, paths[0], selection)


def _is_shard_set(path: Path) -> bool:
    """Whether its record is one of shards; simulated recordings have a record, too."""
    file = path / RECORD
    return file.is_file() and "splits" in json.loads(file.read_text())


def _of_shards(shard_set: ShardSet, selection: Selection) -> Iterator[tuple[str, Recording]]:
    split = selection.split or ("val" if "val" in shard_set.splits else "train")
    names = datasets_of(shard_set, [split])
    if selection.dataset and selection.dataset not in names:
        raise RefusedError(
            f"split {split!r} of {shard_set.path} has no dataset {selection.dataset!r}"
            f"{alternatives(selection.dataset, names)}"
        )
    for name in [selection.dataset] if selection.dataset else names:
        for episode in shard_episodes(shard_set, split, name):
            yield episode.episode_id, recording_of(episode, stored_as=shard_set.codec)


def _of_source(path: Path, selection: Selection) -> Iterator[tuple[str, Recording]]:
    kind = selection.kind or kind_of(path)
    options = dict(selection.options)
    if selection.fps is not None:
        options["fps_override" if kind == "video_folder" else "fps"] = selection.fps
    for episode in open_source(kind, path, **options):
        if selection.dataset in ("", episode.source):
            # uneven frame times become an even grid, as at ingestion
            recording = recording_of(resample(episode, None, actions="sum"))
            is_clip = kind == "video_folder" and path.is_file()
            yield episode.episode_id, replace(recording, name=path.name) if is_clip else recording


def _chosen(
    recordings: Iterable[tuple[str, Recording]], path: Path, selection: Selection
) -> list[Recording]:
    wanted = selection.episodes
    if wanted:
        chosen = [one for name, one in recordings if name in wanted]
    else:
        chosen = [one for _, one in islice(recordings, selection.max_episodes)]
    if len(chosen) < max(1, len(wanted)):
        raise RefusedError(
            f"{path}: found {len(chosen)} recordings of those asked for "
            f"({', '.join(wanted) or 'any'}), expected {len(wanted) or 'at least one'}; "
            "see --episode, --split and --dataset"
        )
    return chosen
