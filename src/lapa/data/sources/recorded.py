"""Adapter for what a simulator recorded: one folder per episode, lossless video, actions, a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

from lapa.data.bad_input import BadInputError, OnBad, bad, naming, raise_bad, read_each
from lapa.data.episode import Episode, Frames
from lapa.data.limits import MAX_CAPTION_BYTES
from lapa.data.media.video_decode import VideoReader
from lapa.data.sources.base.action_meaning import given_meaning
from lapa.data.sources.base.array_file import read_array
from lapa.data.sources.base.json_text import parse_json
from lapa.data.sources.base.rows import Rows, float_rows
from lapa.data.sources.base.text_file import read_text

Labels = Literal["executed", "expert", "none"]
_FILES = {"executed": "actions.npy", "expert": "expert_actions.npy"}
_FACTS = frozenset(
    {
        "instruction", "task", "success", "seed", "fps", "simulator", "environment",
        "action_names", "action_units", "actions_are", "state_names",
    }
)  # fmt: skip
"""What `episode.json` must tell."""


def open_recorded(
    path: Path,
    *,
    report: OnBad = raise_bad,
    labels: Labels = "executed",
    name: str = "",
    successful_only: bool = False,
) -> Iterator[Episode]:
    """Yield the episodes of a recording, in order of their number.

    Args:
        path: folder that `lapa.envs.record` wrote.
        report: receives each episode that cannot be read.
        labels: actions that were executed, those the expert wanted before noise was added, or
            none: action-free video.
        name: dataset name; empty takes the simulator's. Give recordings of one simulator different ones
            where they are mixed.
        successful_only: leave out episodes that failed.

    Raises:
        ValueError: ``labels`` is none of the three.
        BadInputError: from ``report``; reason ``empty_folder`` if there is no episode at all.
    """
    if labels not in (*_FILES, "none"):
        raise ValueError(f"labels is {labels!r}, expected one of {[*_FILES, 'none']}")
    folders = sorted(path.glob("episode_*"))
    if not folders:
        detail = f"found no episode_* folder in {path}; record episodes there first"
        report(bad("empty_folder", detail, source=name or path.name, item=str(path)).record)
    for episode in read_each(folders, partial(_read, labels=labels, name=name), report):
        if episode.success or not successful_only:
            yield episode


def _read(folder: Path, *, labels: Labels, name: str) -> Episode:
    with naming(name or folder.parent.name, folder.name):
        facts = _facts(folder / "episode.json")
        states = _array(folder / "states.npy")
        source = name or facts["simulator"]
        episode = Episode(
            source=source,
            episode_id=folder.name,
            num_frames=len(states),
            fps=float(facts["fps"]),
            read_frames=partial(_read_frames, folder / "video.mp4", source, folder.name),
            instruction=facts["instruction"],
            states=states,
            state_names=tuple(facts["state_names"]),
            environment=facts["environment"],
            success=facts["success"],
            provenance={"task": facts["task"], "seed": facts["seed"], "labels": labels},
        )
        return episode if labels == "none" else _acting(episode, folder / _FILES[labels], facts)


def _facts(file: Path) -> dict[str, Any]:
    try:
        text = read_text(file, max_bytes=MAX_CAPTION_BYTES).text
    except OSError as error:
        raise bad("unreadable_json", f"{file}: {error}") from error
    facts = parse_json(text, name=str(file), reason="unreadable_json")
    if not isinstance(facts, dict):
        raise bad("unreadable_json", f"{file} holds a {type(facts).__name__}, expected an object")
    if missing := sorted(_FACTS - facts.keys()):
        detail = f"{file} lacks {', '.join(missing)}, expected what `lapa.envs.record` writes"
        raise bad("missing_values", f"{detail}; record the episode again")
    return facts


def _acting(episode: Episode, file: Path, facts: dict[str, Any]) -> Episode:
    """The episode with the actions in ``file``."""
    actions = _array(file)
    return replace(
        episode,
        actions=actions,
        action_names=tuple(facts["action_names"]),
        action_units=tuple(facts["action_units"]),
        actions_are=given_meaning(facts["actions_are"], actions.shape[1]),
    )


def _array(file: Path) -> Rows:
    try:
        return float_rows(read_array(file), file.name)
    except (OSError, ValueError) as error:
        if isinstance(error, BadInputError):
            raise
        raise bad("unreadable_array", f"{file}: {error}") from error


def _read_frames(video: Path, name: str, item: str, indices: Sequence[int] | None = None) -> Frames:
    with naming(name, item):
        if not video.is_file():
            raise bad("missing_video", f"no file {video}; record the episode again")
        with VideoReader(video) as reader:
            return reader.frames(indices)
