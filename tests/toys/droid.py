"""One video and a JSON of its actions, as DROID is published beside videos."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from toys.known_frames import pictures, rows
from toys.videos import write_video


def write_droid(
    folder: Path, name: str, *, frames: int = 5, states: int | None = None, **changes: Any
) -> None:
    """One 5 fps video with 15 Hz actions; a change of None removes the key."""
    raw = 3 * frames - 1
    contents = {
        "texts": ["", "stack the cups"],
        "success": 1,
        "videos": [{"video_path": f"videos/train/{name}/0.mp4"}, {"video_path": "../../x.mp4"}],
        "states": rows(0, frames if states is None else states, 7).tolist(),
        "action.cartesian_position": rows(0, raw, 6).tolist(),
        "action.gripper_position": np.linspace(0, 1, raw).tolist(),
        **changes,
    }
    contents = {key: value for key, value in contents.items() if value is not None}
    side = folder / "annotation/train" / f"{name}.json"
    side.parent.mkdir(parents=True, exist_ok=True)
    side.write_text(json.dumps(contents))
    video = folder / "videos/train" / name / "0.mp4"
    video.parent.mkdir(parents=True, exist_ok=True)
    write_video(video, pictures(0, frames), fps=5)
