"""robomimic and LIBERO demonstrations: ``data/demo_i/{actions, obs/<camera>, obs/<state>}``.

Layout: https://robomimic.github.io/docs/datasets/overview.html. LIBERO keeps the language of the
whole file in ``data.attrs["problem_info"]``; robomimic keeps the control rate in ``env_args``.
robosuite renders upside down unless told otherwise: ``flip_vertical`` turns such recordings up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from lapa.data.bad_input import bad
from lapa.data.episode import Episode, Frames
from lapa.data.frame_indices import resolve_indices
from lapa.data.limits import MAX_PIXELS
from lapa.data.media.jpeg import check_size
from lapa.data.sources.base.json_text import parse_json
from lapa.data.sources.base.rows import ExtraFrame, Rows, align_rows, check_shape, numbered_names
from lapa.data.sources.hdf5.file import (
    attributes,
    dataset_at,
    group_at,
    member,
    opened_hdf5,
    plain,
    read_rows,
)

DEFAULT_FPS = 20.0
"""robosuite's control rate, used where the file does not tell (LIBERO does not)."""

STATE_KEYS = (
    ("robot0_eef_pos", "robot0_eef_quat", "robot0_gripper_qpos"),  # robomimic, robosuite
    ("ee_pos", "ee_ori", "gripper_states"),  # LIBERO
    ("joint_states", "gripper_states"),
)
"""Proprioception to read: the first group that is complete."""


@dataclass(frozen=True)
class Pictures:
    """A `FrameReader` over a ``uint8 (frame, height, width, 3)`` dataset; plain data."""

    path: Path
    dataset: str
    num_frames: int
    flip_vertical: bool = False

    def __call__(self, indices: Sequence[int] | None = None) -> Frames:
        """Read the asked frames, and no others, as ``uint8 (frame, height, width, 3)`` RGB."""
        asked = resolve_indices(indices, self.num_frames)
        # h5py takes increasing indices only, and a slice many times faster than a list
        unique, places = np.unique(np.asarray(asked, np.int64), return_inverse=True)
        is_run = len(unique) > 0 and unique[-1] - unique[0] + 1 == len(unique)
        rows = slice(unique[0], unique[-1] + 1) if is_run else unique.tolist()
        with opened_hdf5(self.path) as file:
            frames = np.asarray(dataset_at(file, self.dataset)[rows], np.uint8)[places]
        return np.ascontiguousarray(frames[:, ::-1] if self.flip_vertical else frames)


@dataclass(frozen=True, kw_only=True)
class RobomimicOptions:
    """How to read demonstrations."""

    camera: str = ""
    """Key below ``obs``; the first picture in alphabetical order when empty."""
    states: tuple[str, ...] | None = None
    """Keys below ``obs`` to join as state; by default the first complete group of `STATE_KEYS`."""
    fps: float | None = None
    """Control rate in Hz; by default ``env_args``, else 20."""
    flip_vertical: bool = False
    extra_frame: ExtraFrame = "drop"
    max_pixels: int = MAX_PIXELS


def list_demonstrations(path: Path) -> list[str]:
    """Return the demonstrations of a file in numeric order.

    Raises:
        BadInputError: the file cannot be read.
    """
    with opened_hdf5(path) as file:
        return sorted(group_at(file, "data"), key=_number)


def read_demonstration(
    path: Path, demonstration: str, episode_id: str, source: str, options: RobomimicOptions
) -> Episode:
    """Read one demonstration.

    Raises:
        BadInputError: an array or camera is missing, absurd, not finite, or of another length.
    """
    with opened_hdf5(path) as file:
        demo = group_at(file, f"data/{demonstration}")
        return _episode(path, demo, episode_id=episode_id, source=source, options=options)


def _number(name: str) -> tuple[int, str]:
    digits = re.findall(r"\d+", name)
    return (int(digits[-1]) if digits else 0, name)


def _episode(
    path: Path, demo: h5py.Group, *, episode_id: str, source: str, options: RobomimicOptions
) -> Episode:
    data = group_at(demo.file, "data")
    camera = _camera(demo, options.camera)
    pictures = dataset_at(demo, f"obs/{camera}")
    check_size(*pictures.shape[1:3], max_pixels=options.max_pixels)
    actions = read_rows(demo, "actions")
    states, state_names = _states(demo, options.states)
    aligned = align_rows(len(pictures), actions, states, extra_frame=options.extra_frame)
    fps, fps_note = _control_rate(data, options.fps)
    return Episode(
        source=source,
        episode_id=episode_id,
        num_frames=aligned.num_frames,
        fps=fps,
        read_frames=Pictures(path, pictures.name, aligned.num_frames, options.flip_vertical),
        instruction=_instruction(data, demo),
        actions=aligned.actions,
        action_names=numbered_names("action", actions.shape[1]),
        states=aligned.states,
        state_names=state_names,
        environment=str(_json_attribute(data, "env_args").get("env_name", "")),
        success=_success(demo),
        provenance={
            "file": str(path),
            "layout": "robomimic",
            "demonstration": demo.name.rsplit("/", 1)[-1],
            "camera": camera,
            "notes": [*aligned.notes, *fps_note],
        },
    )


def _is_picture(item: Any) -> bool:
    return (
        isinstance(item, h5py.Dataset)
        and item.ndim == 4
        and item.dtype == np.uint8
        and item.shape[-1] == 3
    )


def demonstration_cameras(demo: h5py.Group) -> list[str]:
    """Return the keys below ``obs`` that hold pictures, in alphabetical order."""
    observations = group_at(demo, "obs")
    return sorted(key for key in observations if _is_picture(member(observations, key)))


def _camera(demo: h5py.Group, wanted: str) -> str:
    cameras = demonstration_cameras(demo)
    camera = wanted or (cameras[0] if cameras else "")
    if camera not in cameras:
        detail = f"camera {wanted or 'any'} not found below obs, which has pictures {cameras}"
        raise bad("missing_camera", f"{detail}; expected uint8 (frame, height, width, 3)")
    return camera


def _states(demo: h5py.Group, wanted: Sequence[str] | None) -> tuple[Rows | None, tuple[str, ...]]:
    keys = wanted
    if keys is None:
        there = set(group_at(demo, "obs"))
        complete = [group for group in STATE_KEYS if there.issuperset(group)]
        keys = complete[0] if complete else ()
    parts = [read_rows(demo, f"obs/{key}") for key in keys]
    if not parts:
        return None, ()
    if len({len(part) for part in parts}) != 1:
        lengths = {key: len(part) for key, part in zip(keys, parts, strict=True)}
        raise bad("length_mismatch", f"states have different lengths: {lengths}")
    names = [numbered_names(key, part.shape[1]) for key, part in zip(keys, parts, strict=True)]
    return np.concatenate(parts, axis=1), tuple(name for group in names for name in group)


def _json_attribute(group: h5py.Group, name: str) -> Mapping[str, Any]:
    text = plain(group.attrs.get(name, "{}"))
    if not isinstance(text, str):
        raise bad("broken_json", f"attribute {name!r} of {group.name} is a {type(text).__name__}")
    content = parse_json(text, name=f"attribute {name!r} of {group.name}", reason="broken_json")
    return content if isinstance(content, dict) else {}


def _control_rate(data: h5py.Group, wanted: float | None) -> tuple[float, tuple[str, ...]]:
    arguments = _json_attribute(data, "env_args").get("env_kwargs") or {}
    stored = arguments.get("control_freq") if isinstance(arguments, dict) else None
    if wanted is not None:
        return wanted, ()
    if isinstance(stored, int | float) and stored > 0:
        return float(stored), ()
    return DEFAULT_FPS, (f"no control_freq in env_args: assumed {DEFAULT_FPS} Hz",)


def _instruction(data: h5py.Group, demo: h5py.Group) -> str:
    own = attributes(demo)
    for key in ("language_instruction", "language", "lang"):
        if isinstance(own.get(key), str):
            return str(own[key])
    language = _json_attribute(data, "problem_info").get("language_instruction", "")
    words = " ".join(language) if isinstance(language, list) else str(language)
    return words.strip().strip('"')


def _success(demo: h5py.Group) -> bool | None:
    """Sparse rewards tell success; dense ones do not."""
    rewards = member(demo, "rewards")
    if not isinstance(rewards, h5py.Dataset) or rewards.ndim != 1 or not len(rewards):
        return None
    check_shape(rewards.shape, "rewards")
    values = np.asarray(rewards[()])
    return bool(values.max() == 1) if set(np.unique(values)) <= {0, 1} else None
