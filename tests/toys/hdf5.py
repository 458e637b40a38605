"""HDF5 files as RoboNet and robomimic write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from toys.known_frames import pictures, rows
from toys.videos import encode_video


def write_robonet(
    path: Path, *, frames: int = 6, actions: int | None = None, bgr: bool = False, **attributes: Any
) -> None:
    images = pictures(0, frames)
    data = encode_video(images[..., ::-1] if bgr else images, options={"crf": "12"})
    with h5py.File(path, "w") as file:
        for camera in ("cam0", "cam1"):
            stored = file.create_dataset(
                f"env/{camera}_video/frames", data=np.frombuffer(data, np.uint8)
            )
            stored.attrs["T"] = frames
            if bgr:
                stored.attrs["image_format"] = "BGR"
        file["env/state"] = rows(0, frames, 5)
        file["policy/actions"] = rows(0, frames - 1 if actions is None else actions, 4)
        known = {"robot": "sawyer", "background": "lab", "action_space": "x,y,z,theta"}
        file.create_group("metadata").attrs.update({**known, **attributes})


def write_robomimic(path: Path, lengths: list[int]) -> None:
    with h5py.File(path, "w") as file:
        data = file.create_group("data")
        data.attrs["env_args"] = json.dumps(
            {"env_name": "Lift", "env_kwargs": {"control_freq": 15}}
        )
        data.attrs["problem_info"] = json.dumps({"language_instruction": "open the drawer"})
        for number, count in enumerate(lengths):
            demo = data.create_group(f"demo_{number}")
            demo["actions"] = rows(number, count, 7)
            demo["obs/agentview_rgb"] = pictures(number, count)
            demo["obs/eye_in_hand_rgb"] = pictures(number, count)[:, ::-1]
            demo["obs/ee_pos"] = rows(number, count, 3)
            demo["obs/ee_ori"] = rows(number, count, 3)
            demo["obs/gripper_states"] = rows(number, count, 2)
            demo["rewards"] = np.eye(count, dtype=np.uint8)[-1]
