"""Several cameras of one recording in one picture: what is joined, what is reported, what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from lapa.data.bad_input import BadInputs, SettingsError
from lapa.data.episode import Episode
from lapa.data.media.mosaic import mosaic
from lapa.data.sources import open_source
from toys.hdf5 import write_robomimic

BOTH = ["agentview_rgb", "eye_in_hand_rgb"]


@pytest.fixture
def demonstrations(tmp_path: Path) -> Path:
    path = tmp_path / "demos.hdf5"
    write_robomimic(path, [5, 6])
    return path


def test_each_picture_is_the_mosaic_of_both_cameras(demonstrations: Path) -> None:
    single = [list(open_source("hdf5", demonstrations, camera=camera)) for camera in BOTH]
    joined = list(open_source("hdf5", demonstrations, camera=BOTH))
    assert [episode.num_frames for episode in joined] == [5, 6]
    for number, episode in enumerate(joined):
        views = [of_camera[number].frames([1, 3]) for of_camera in single]
        np.testing.assert_array_equal(episode.frames([1, 3]), mosaic(views))
        np.testing.assert_array_equal(episode.actions, single[0][number].actions)
        assert episode.provenance["camera"] == BOTH


def test_one_recording_is_read_again_without_the_others(demonstrations: Path) -> None:
    episode = list(open_source("hdf5", demonstrations, camera=BOTH))[1]
    assert episode.again is not None
    repeated = episode.again.read(episode.again.item)
    assert repeated.episode_id == episode.episode_id
    np.testing.assert_array_equal(repeated.frames(), episode.frames())


@pytest.mark.parametrize("cameras", [["agentview_rgb"], ["agentview_rgb", "agentview_rgb"], []])
def test_a_list_of_one_is_refused(demonstrations: Path, cameras: list[str]) -> None:
    with pytest.raises(SettingsError, match="expected at least two different ones"):
        list(open_source("hdf5", demonstrations, camera=cameras))


def recording(name: str, frames: int) -> Episode:
    pictures = np.zeros((frames, 4, 4, 3), np.uint8)
    return Episode(
        source="toy",
        episode_id=name,
        num_frames=frames,
        fps=5.0,
        read_frames=lambda indices: pictures if indices is None else pictures[list(indices)],
    )


SEEN = {"left": {"a": 3, "b": 4, "c": 5}, "right": {"b": 4, "c": 2}}


def open_toy(path: Path, *, report: object, camera: str = "left") -> Iterator[Episode]:
    yield from (recording(name, frames) for name, frames in SEEN[camera].items())


def test_what_one_camera_lacks_or_shows_otherwise_is_reported() -> None:
    skipped = BadInputs()
    kind = f"{__name__}:open_toy"
    kept = list(open_source(kind, Path(), report=skipped, camera=["left", "right"]))
    assert [episode.episode_id for episode in kept] == ["b"]
    assert skipped.counts() == {"cameras_disagree": 1, "missing_camera": 1}
    assert {record.item: record.detail for record in skipped.records} == {
        "a": "nothing from camera right",
        "c": "cameras ['left', 'right'] show [5, 2] frames, expected as many of each",
    }
