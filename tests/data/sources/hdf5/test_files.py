"""HDF5 demonstrations in RoboNet's and robomimic's layouts, and files that are neither."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from lapa.data.bad_input import BadInputError, BadInputs
from lapa.data.sources.registry import open_source
from toys.hdf5 import write_robomimic, write_robonet
from toys.known_frames import assert_shows, rows


def reasons(path: Path, **options: object) -> tuple[list[str], list[str]]:
    report = BadInputs()
    ids = [episode.episode_id for episode in open_source("hdf5", path, report=report, **options)]
    return ids, [record.reason for record in report.records]


def test_robonet_drops_the_frame_after_the_last_action(tmp_path: Path) -> None:
    write_robonet(tmp_path / "a.hdf5", frames=6)
    (episode,) = open_source("hdf5", tmp_path, fps=5)
    assert (episode.num_frames, episode.fps, episode.episode_id) == (5, 5.0, "a")
    np.testing.assert_allclose(episode.actions, rows(0, 5, 4), rtol=1e-6)
    np.testing.assert_allclose(episode.states, rows(0, 5, 5), rtol=1e-6)
    assert episode.action_names == ("x", "y", "z", "theta")
    assert episode.state_names == ("x", "y", "z", "theta", "gripper")
    assert episode.environment == "sawyer-lab"
    frames = episode.frames()
    assert frames.shape == (5, 32, 32, 3)
    assert_shows(frames[4], 0, 4)


def test_robonet_keeps_every_frame_when_asked_or_when_each_has_an_action(tmp_path: Path) -> None:
    write_robonet(tmp_path / "a.hdf5", frames=6)
    (held,) = open_source("hdf5", tmp_path, extra_frame="hold")
    assert held.num_frames == 6
    assert_shows(held.frames([5])[0], 0, 5)
    write_robonet(tmp_path / "a.hdf5", frames=6, actions=6)
    (complete,) = open_source("hdf5", tmp_path)
    assert complete.num_frames == 6


def test_robonet_unknown_control_rate_is_noted(tmp_path: Path) -> None:
    write_robonet(tmp_path / "a.hdf5")
    (episode,) = open_source("hdf5", tmp_path)
    assert episode.fps == 10.0
    assert any("control rate unknown" in note for note in episode.provenance["notes"])


def test_robonet_swaps_blue_and_red_back(tmp_path: Path) -> None:
    write_robonet(tmp_path / "a.hdf5", bgr=True)
    (episode,) = open_source("hdf5", tmp_path)
    assert_shows(episode.frames([1])[0], 0, 1)


def test_robonet_push_actions_have_a_name_per_column(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    write_robonet(path, action_space="vec,pitch,yaw")
    with h5py.File(path, "a") as file:
        del file["policy/actions"]
        file["policy/actions"] = rows(0, 6, 5)
    (episode,) = open_source("hdf5", path)
    assert episode.action_names == ("vec_x", "vec_y", "vec_z", "pitch", "yaw")
    assert episode.state_names[0] == "state_0"


def test_robonet_robots_are_datasets_of_their_own(tmp_path: Path) -> None:
    write_robonet(tmp_path / "a.hdf5")
    write_robonet(tmp_path / "b.hdf5", robot="R3")
    with h5py.File(tmp_path / "b.hdf5", "a") as file:
        del file["policy/actions"]
        file["policy/actions"] = rows(0, 6, 5)
    sources = [episode.source for episode in open_source("hdf5", tmp_path)]
    assert sources == ["robonet-sawyer", "robonet-R3-5d"]
    assert {e.source for e in open_source("hdf5", tmp_path, name="mine")} == {"mine"}


def test_robonet_camera_option(tmp_path: Path) -> None:
    write_robonet(tmp_path / "a.hdf5")
    (episode,) = open_source("hdf5", tmp_path, camera="cam1")
    assert episode.provenance["camera"] == "cam1"
    assert reasons(tmp_path, camera="cam7") == ([], ["missing_camera"])


def test_robomimic_demonstrations_in_numeric_order(tmp_path: Path) -> None:
    write_robomimic(tmp_path / "kitchen.hdf5", [3] * 11)
    episodes = list(open_source("hdf5", tmp_path / "kitchen.hdf5"))
    assert [episode.episode_id for episode in episodes[:3]] == [
        "kitchen-demo_0",
        "kitchen-demo_1",
        "kitchen-demo_2",
    ]
    last = episodes[-1]
    assert (last.episode_id, last.fps, last.success) == ("kitchen-demo_10", 15.0, True)
    assert (last.instruction, last.environment) == ("open the drawer", "Lift")
    np.testing.assert_allclose(last.actions, rows(10, 3, 7), rtol=1e-6)
    assert last.states is not None
    assert last.states.shape == (3, 8)
    assert last.state_names[-1] == "gripper_states_1"
    assert last.provenance["camera"] == "agentview_rgb"


def test_robomimic_reads_only_the_asked_frames_in_the_asked_order(tmp_path: Path) -> None:
    write_robomimic(tmp_path / "a.hdf5", [6])
    (episode,) = open_source("hdf5", tmp_path)
    frames = episode.frames([4, 1, 4])
    for frame, number in zip(frames, (4, 1, 4), strict=True):
        assert_shows(frame, 0, number)
    with pytest.raises(IndexError, match="6 frames"):
        episode.frames([6])


def test_robomimic_flip_turns_pictures_up(tmp_path: Path) -> None:
    write_robomimic(tmp_path / "a.hdf5", [2])
    with h5py.File(tmp_path / "a.hdf5", "a") as file:
        file["data/demo_0/obs/agentview_rgb"][:, 0] = 255
    (episode,) = open_source("hdf5", tmp_path, flip_vertical=True)
    assert (episode.frames([0])[0, -1] == 255).all()


def test_robomimic_chosen_states(tmp_path: Path) -> None:
    write_robomimic(tmp_path / "a.hdf5", [2])
    (episode,) = open_source("hdf5", tmp_path, states=("ee_pos",), camera="eye_in_hand_rgb")
    assert episode.state_names == ("ee_pos_0", "ee_pos_1", "ee_pos_2")
    assert episode.provenance["camera"] == "eye_in_hand_rgb"


def test_one_bad_demonstration_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    write_robomimic(path, [4, 4, 4, 4, 4])
    with h5py.File(path, "a") as file:
        del file["data/demo_1/actions"]
        file["data/demo_2/actions"][1, 0] = np.nan
        del file["data/demo_3/actions"]
        file["data/demo_3/actions"] = rows(0, 9, 7)
    ids, found = reasons(path)
    assert ids == ["a-demo_0", "a-demo_4"]
    assert found == ["missing_columns", "not_finite", "length_mismatch"]


def test_absurd_pictures_are_refused_before_reading(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    write_robomimic(path, [2])
    with h5py.File(path, "a") as file:
        del file["data/demo_0/obs/agentview_rgb"]
        shape = (2, 30000, 30000, 3)
        file["data/demo_0/obs"].create_dataset(
            "agentview_rgb", shape, np.uint8, chunks=(1, 64, 64, 3)
        )
    assert reasons(path) == ([], ["absurd_dimensions"])


def test_unusable_files_are_named_and_the_rest_is_read(tmp_path: Path) -> None:
    write_robonet(tmp_path / "d_good.hdf5")
    good = (tmp_path / "d_good.hdf5").read_bytes()
    (tmp_path / "a_empty.hdf5").write_bytes(b"")
    (tmp_path / "b_truncated.hdf5").write_bytes(good[: len(good) // 2])
    with h5py.File(tmp_path / "c_other.hdf5", "w") as file:
        file["numbers"] = [1, 2]
    write_robonet(tmp_path / "e_short_video.hdf5")
    with h5py.File(tmp_path / "e_short_video.hdf5", "a") as file:
        file["env/cam0_video/frames"].attrs["T"] = 7
    ids, found = reasons(tmp_path)
    assert ids == ["d_good"]
    assert found == ["broken_hdf5", "broken_hdf5", "unknown_layout", "length_mismatch"]


def test_error_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.hdf5").write_bytes(b"no hdf5")
    with pytest.raises(BadInputError, match=r"a\.hdf5"):
        list(open_source("hdf5", tmp_path))


def test_empty_folder_is_reported(tmp_path: Path) -> None:
    assert reasons(tmp_path) == ([], ["no_files"])
