"""Every robot format says what its actions are, or says nothing: it never invents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from pydantic import ValidationError

from lapa.data.episode import Episode
from lapa.data.sources import open_source
from lapa.data.sources.rlds.field_map import FieldMap, built_in_maps, load_field_map
from toys.droid import write_droid
from toys.hdf5 import write_robonet
from toys.known_frames import rows
from toys.rlds import bridge_example, write_rlds

POSE = ("x", "y", "z", "roll", "pitch", "yaw", "gripper")


def first(kind: str, path: Path, **options: Any) -> Episode:
    return next(open_source(kind, path, **options))


def field_map(**changes: Any) -> dict[str, Any]:
    fields = load_field_map("bridge").model_dump(exclude_defaults=True)
    return {**fields, **changes}


def test_bridge_moves_by_differences_and_its_gripper_by_targets(tmp_path: Path) -> None:
    write_rlds(tmp_path / "bridge_dataset" / "1.0.0", [[bridge_example(0)]])
    episode = first("rlds", tmp_path)
    assert episode.actions_are == (*["relative"] * 6, "absolute")
    assert episode.provenance["actions_are"] == "mixed"


@pytest.mark.parametrize(
    ("told", "meaning"),
    [
        ("relative", ("relative",) * 7),
        ("absolute", ("absolute",) * 7),
        ("mixed", ()),
        ("unknown", ()),
    ],
)
def test_one_word_of_a_field_map(tmp_path: Path, told: str, meaning: tuple[str, ...]) -> None:
    write_rlds(tmp_path / "bridge_dataset" / "1.0.0", [[bridge_example(0)]])
    episode = first("rlds", tmp_path, fields=field_map(actions_are=told))
    assert episode.actions_are == meaning
    assert episode.provenance["actions_are"] == told


def test_a_map_that_tells_nothing_knows_nothing(tmp_path: Path) -> None:
    write_rlds(tmp_path / "bridge_dataset" / "1.0.0", [[bridge_example(0)]])
    fields = field_map(actions=[{"field": "steps/action", "names": POSE}])
    del fields["actions_are"]
    episode = first("rlds", tmp_path, fields=fields)
    assert episode.actions_are == episode.action_units == ()


def test_a_map_of_another_width_is_refused() -> None:
    with pytest.raises(ValidationError, match="2 entries, expected one for each of the 7"):
        FieldMap.model_validate(field_map(actions_are=["relative", "absolute"]))


@pytest.mark.parametrize("name", built_in_maps())
def test_built_in_maps_tell_of_every_column(name: str) -> None:
    fields = load_field_map(name)
    width = sum(len(part.names) for part in fields.actions)
    assert len(fields.action_meanings()) == width


def test_droid_holds_targets(tmp_path: Path) -> None:
    write_droid(tmp_path, "7", frames=5)
    assert first("video_with_arrays", tmp_path).actions_are == ("absolute",) * 7


def test_side_files_of_unknown_meaning_claim_none(tmp_path: Path) -> None:
    write_droid(tmp_path, "7", frames=5)
    fields: dict[str, Any] = {
        "side_files": "annotation/*/*.json",
        "video": "key:videos.{camera}.video_path",
        "actions": [{"field": "action.cartesian_position"}],
        "rows_per_frame": 3,
    }
    plain = first("video_with_arrays", tmp_path, fields=fields)
    assert plain.actions_are == ()
    assert plain.provenance["actions_are"] == "unknown"
    fields["actions"][0]["kind"] = "increment"
    assert first("video_with_arrays", tmp_path, fields=fields).actions_are == ("relative",) * 6


@pytest.mark.parametrize(
    ("space", "width", "meaning"),
    [
        ("x,y,z,theta", 4, ("relative",) * 4),
        ("x,y,z,theta,grasp", 5, (*["relative"] * 4, "absolute")),
        ("vec,pitch,yaw", 5, ("absolute",) * 5),
        ("x,y,z,theta", 5, ()),
    ],
)
def test_robonet_tells_by_its_action_space(
    tmp_path: Path, space: str, width: int, meaning: tuple[str, ...]
) -> None:
    path = tmp_path / "a.hdf5"
    write_robonet(path, action_space=space)
    with h5py.File(path, "a") as file:
        del file["policy/actions"]
        file["policy/actions"] = np.asarray(rows(0, 5, width))
    assert first("hdf5", tmp_path).actions_are == meaning
