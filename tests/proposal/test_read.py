"""What is read of a source, and through which cameras it is looked at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lapa.data.sources.cameras import camera_names
from lapa.jpeg import encode_jpeg
from lapa.proposal.read import read_source
from lapa.refused import RefusedError
from toys.hdf5 import write_robomimic, write_robonet
from toys.lerobot import CAMERA, write_lerobot_v2, write_lerobot_v3
from toys.rlds import bridge_example, write_rlds


def test_a_lerobot_dataset(tmp_path: Path) -> None:
    write_lerobot_v3(tmp_path / "arm", [[12, 9, 14], [10]])
    source = read_source("lerobot", tmp_path / "arm", {}, at_most=100)
    (dataset,) = source.datasets
    assert (dataset.lengths, dataset.rates) == ((12, 9, 14, 10), (10.0,))
    assert dataset.action_names == ("x", "y", "grip")
    assert dataset.state_names == ("state_0", "state_1")
    assert set(dataset.instructions) == {"push it", "lift it"}
    assert source.is_complete
    assert source.usual_camera == CAMERA
    (camera,) = source.cameras
    assert (camera.height, camera.width) == (32, 32)
    assert camera.is_usable


def test_a_camera_without_files_is_named_and_not_taken(tmp_path: Path) -> None:
    extra = {"observation.images.side": {"dtype": "video", "shape": [32, 32, 3]}}
    depth = {"observation.images.depth": {"dtype": "video", "shape": [32, 32, 3]}}
    write_lerobot_v2(tmp_path / "arm", [8], features={**extra, **depth})
    side = read_source("lerobot", tmp_path / "arm", {}, at_most=100).cameras[1]
    assert (side.name, side.problem) == ("observation.images.side", "missing_camera")
    assert camera_names("lerobot", tmp_path / "arm", {}) == (CAMERA, *extra)


def test_a_black_camera_is_seen_to_be_black(tmp_path: Path) -> None:
    black = [encode_jpeg(np.zeros((8, 8, 3), np.uint8))] * 4
    write_rlds(tmp_path / "bridge", [[bridge_example(0, image_1=black), bridge_example(1)]])
    source = read_source("rlds", tmp_path / "bridge", {}, at_most=100)
    assert [camera.name for camera in source.cameras] == ["image_0", "image_1"]
    assert [camera.is_usable for camera in source.cameras] == [True, False]


def test_hdf5_of_both_layouts(tmp_path: Path) -> None:
    write_robomimic(tmp_path / "demos.hdf5", [6, 7])
    assert camera_names("hdf5", tmp_path / "demos.hdf5", {}) == ("agentview_rgb", "eye_in_hand_rgb")
    (tmp_path / "robonet").mkdir()
    write_robonet(tmp_path / "robonet" / "one.hdf5")
    source = read_source("hdf5", tmp_path / "robonet", {}, at_most=100)
    assert [camera.name for camera in source.cameras] == ["cam0", "cam1"]
    assert source.datasets[0].instructions == ()
    assert source.datasets[0].without_instruction == 1


def test_only_the_first_recordings_are_read(tmp_path: Path) -> None:
    write_lerobot_v2(tmp_path / "arm", [8, 8, 8])
    counts: list[int] = []
    source = read_source("lerobot", tmp_path / "arm", {}, at_most=2, on_recording=counts.append)
    assert (source.recordings, source.is_complete, counts) == (2, False, [1, 2])
    assert read_source("lerobot", tmp_path / "arm", {}, at_most=3).is_complete


def test_nothing_usable_is_refused_with_the_reasons(tmp_path: Path) -> None:
    write_lerobot_v2(tmp_path / "arm", [8])
    next((tmp_path / "arm").rglob("*.mp4")).write_bytes(b"")
    with pytest.raises(
        RefusedError, match=r"no recording that can be used as 'lerobot'(?s:.*)empty_video"
    ):
        read_source("lerobot", tmp_path / "arm", {}, at_most=100)
