"""The same DROID recordings as RLDS and as MP4 + JSON give the same episodes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lapa.data.sources import open_source

CAMERAS = {"0": "exterior_image_1_left", "1": "exterior_image_2_left", "2": "wrist_image_left"}


@pytest.mark.reference_data
@pytest.mark.parametrize("camera", CAMERAS)
def test_rlds_equals_mp4_json(reference_data: Path, camera: str) -> None:
    data = reference_data / "data"
    videos = open_source(
        "video_with_arrays", data / "droid_mp4_json" / "droid_subset", fields="droid", camera=camera
    )
    by_path = {episode.episode_id: episode for episode in videos}
    records = list(open_source("rlds", data / "droid_rlds_tfds", camera=CAMERAS[camera]))
    assert records
    for record in records:
        name = "annotation" + record.episode_id.removesuffix(".json").partition("/annotation")[2]
        video = by_path[name]
        assert record.num_frames == video.num_frames
        assert record.fps == video.fps
        assert record.instruction == video.instruction
        assert record.success == video.success
        assert record.action_names == video.action_names
        assert record.action_units == video.action_units
        np.testing.assert_array_equal(record.actions, video.actions)
        np.testing.assert_array_equal(record.states, video.states)
        difference = np.abs(record.frames().astype(int) - video.frames())
        assert difference.mean(axis=(1, 2, 3)).max() < 5, "no more than JPEG quality 85 explains"
