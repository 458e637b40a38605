"""RoboNet trajectories: one HDF5 file each, cameras embedded as the bytes of an mp4.

Layout: ``env/camN_video/frames`` (bytes), ``env/state`` ``(T, 5)``, ``policy/actions`` ``(T-1, 4)`` or
``(T, 5)``, attributes of ``metadata`` (https://github.com/SudeepDasari/RoboNet). Some laboratories
stored blue where red belongs and say so in ``image_format``; a camera without it is RGB. Actions
are changes of the end-effector pose ("x,y,z,theta") or a push ("vec,pitch,yaw"). Nobody wrote
instructions, and no file tells its control rate: the 10 Hz of the embedded videos is a default of the
encoder, so give ``fps`` where horizons in seconds matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from lapa.data.bad_input import bad, naming
from lapa.data.episode import Episode, Frames
from lapa.data.frame_indices import resolve_indices
from lapa.data.limits import MAX_PIXELS
from lapa.data.media.video_decode import VideoReader
from lapa.data.sources.base.action_meaning import meaning_word
from lapa.data.sources.base.rows import ExtraFrame, align_rows, numbered_names
from lapa.data.sources.hdf5.file import (
    attributes,
    dataset_at,
    group_at,
    member,
    opened_hdf5,
    plain,
    read_bytes,
    read_rows,
)
from lapa.records import ActionMeaning

AXES = {"vec": ("vec_x", "vec_y", "vec_z")}
"""Entries of ``action_space`` that stand for several columns."""

USUAL_ACTIONS = 4
"""Columns of most robots' actions: x, y, z, theta."""


@dataclass(frozen=True, kw_only=True)
class EmbeddedFrames:
    """A `FrameReader` over a video stored as bytes inside an HDF5 file; plain data."""

    path: Path
    dataset: str
    num_frames: int
    is_bgr: bool
    source: str
    max_pixels: int

    def __call__(self, indices: Sequence[int] | None = None) -> Frames:
        """Decode the asked frames to ``uint8 (frame, height, width, 3)`` RGB."""
        asked = resolve_indices(indices, self.num_frames)
        with naming(self.source, f"{self.path}:{self.dataset}"):
            with opened_hdf5(self.path) as file:
                data = read_bytes(file, self.dataset)
            with VideoReader(data, max_pixels=self.max_pixels) as video:
                frames = video.frames(asked)
        return np.ascontiguousarray(frames[..., ::-1]) if self.is_bgr else frames


@dataclass(frozen=True, kw_only=True)
class RobonetOptions:
    """How to read trajectories."""

    camera: str = ""
    """``cam0`` … ``camN``; the first when empty."""
    fps: float | None = None
    extra_frame: ExtraFrame = "drop"
    max_pixels: int = MAX_PIXELS


def read_robonet(path: Path, episode_id: str, name: str, options: RobonetOptions) -> Episode:
    """Read one trajectory; an empty ``name`` makes each kind of robot a dataset, see `_dataset`.

    Raises:
        BadInputError: an array or camera is missing, absurd, not finite, or of another length.
    """
    with opened_hdf5(path) as file:
        camera, is_bgr = _camera(group_at(file, "env"), options.camera)
        dataset = f"env/{camera}_video/frames"
        actions, states = read_rows(file, "policy/actions"), read_rows(file, "env/state")
        group = member(file, "metadata")
        metadata = {} if group is None else attributes(group)
        promised = plain(dataset_at(file, dataset).attrs.get("T"))
        with VideoReader(read_bytes(file, dataset), max_pixels=options.max_pixels) as video:
            num_frames, video_fps = video.num_frames, video.fps
            times = None if options.fps else video.uneven_times
    if promised is not None and promised != num_frames:
        detail = f"{camera} holds {num_frames} frames, its attribute T promises {promised}"
        raise bad("length_mismatch", detail)
    aligned = align_rows(num_frames, actions, states, extra_frame=options.extra_frame)
    guess = f"control rate unknown: {video_fps:.6g} Hz is the mp4's"
    rate_note = () if options.fps else (guess,)
    space = str(metadata.get("action_space", ""))
    actions_are = _actions_are(space, actions.shape[1])
    source = name or _dataset(metadata, actions.shape[1])
    return Episode(
        source=source,
        episode_id=episode_id,
        num_frames=aligned.num_frames,
        fps=options.fps or video_fps,
        times=None if times is None else times[: aligned.num_frames],
        read_frames=EmbeddedFrames(
            path=path,
            dataset=dataset,
            num_frames=aligned.num_frames,
            is_bgr=is_bgr,
            source=source,
            max_pixels=options.max_pixels,
        ),
        actions=aligned.actions,
        action_names=_names(space, actions.shape[1], "action"),
        actions_are=actions_are,
        states=aligned.states,
        state_names=_names(space, states.shape[1], "state"),
        environment=_environment(metadata),
        provenance={
            "file": str(path),
            "layout": "robonet",
            "camera": camera,
            "image_format": "BGR" if is_bgr else "RGB",
            "actions_are": meaning_word(actions_are),
            "metadata": {key: metadata[key] for key in sorted(metadata)},
            "notes": [*aligned.notes, *rate_note],
        },
    )


def trajectory_cameras(env: h5py.Group) -> list[str]:
    """Return the names of the cameras, ``cam0`` and so on."""
    return sorted(key.removesuffix("_video") for key in env if key.endswith("_video"))


def _camera(env: h5py.Group, wanted: str) -> tuple[str, bool]:
    """Return the camera's name and whether its colours are swapped."""
    cameras = trajectory_cameras(env)
    camera = wanted or (cameras[0] if cameras else "")
    if camera not in cameras:
        raise bad("missing_camera", f"camera {wanted or 'any'} not found, found {cameras}")
    frames = dataset_at(env, f"{camera}_video/frames")
    return camera, str(plain(frames.attrs.get("image_format", "RGB"))) == "BGR"


def _names(space: str, width: int, prefix: str) -> tuple[str, ...]:
    """Name the columns by ``action_space``; states of "x,y,z,theta" robots add the gripper."""
    names = _axes(space)
    if prefix == "state" and names == ("x", "y", "z", "theta"):
        names += ("gripper",)
    is_pose = "vec_x" not in names or prefix == "action"
    return names if len(names) == width and is_pose else numbered_names(prefix, width)


def _axes(space: str) -> tuple[str, ...]:
    return tuple(name for part in space.split(",") for name in AXES.get(part, (part,)))


def _actions_are(space: str, width: int) -> tuple[ActionMeaning, ...]:
    """Targets where the space is a pose (``vec``), else differences but for a gripper; or unknown."""
    names = _axes(space)
    if len(names) != width:
        return ()
    targets = names if "vec_x" in names else ("grasp", "gripper")
    meanings: list[ActionMeaning] = [
        "absolute" if name in targets else "relative" for name in names
    ]
    return tuple(meanings)


def _dataset(metadata: Mapping[str, Any], action_dim: int) -> str:
    """Name the dataset: statistics and policies need one action vector, RoboNet has several."""
    robot = f"robonet-{metadata.get('robot', 'unknown')}"
    return robot if action_dim == USUAL_ACTIONS else f"{robot}-{action_dim}d"


def _environment(metadata: Mapping[str, Any]) -> str:
    parts = [metadata.get(key) for key in ("robot", "background", "camera_configuration")]
    return "-".join(str(part) for part in parts if part)
