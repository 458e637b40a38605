"""What might have been read of a robot's recordings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lapa.proposal.facts import CameraFacts, DatasetFacts, SourceFacts


def dataset_facts(
    lengths: Sequence[int] = (40,) * 20, *, name: str = "arm", rate: float = 10.0, **changes: Any
) -> DatasetFacts:
    known: dict[str, Any] = {
        "action_names": ("x", "y"),
        "actions_are": ("absolute", "absolute"),
        "state_names": ("x", "y"),
        "instructions": ("lift it",),
    }
    return DatasetFacts(name=name, lengths=tuple(lengths), rates=(rate,), **{**known, **changes})


def camera_facts(
    name: str = "front", width: int = 320, height: int = 240, **changes: Any
) -> CameraFacts:
    return CameraFacts(
        name=name, width=width, height=height, **{"spread": 40.0, "change": 5.0, **changes}
    )


def source_facts(*datasets: DatasetFacts, **changes: Any) -> SourceFacts:
    cameras = changes.pop("cameras", (camera_facts(),))
    known: dict[str, Any] = {
        "kind": "lerobot",
        "path": Path("/data/arm"),
        "options": {},
        "cameras": cameras,
        "usual_camera": cameras[0].name,
        "picture": (cameras[0].height, cameras[0].width),
    }
    return SourceFacts(datasets=datasets or (dataset_facts(),), **{**known, **changes})
