"""Real robot recordings: counts equal those in the files, counted here without the adapters."""

import json
from pathlib import Path

import av
import h5py
import numpy as np
import pyarrow.parquet as pq
import pytest

from lapa.data.bad_input import BadInputs
from lapa.data.episode import Episode
from lapa.data.sources.registry import open_source

pytestmark = pytest.mark.reference_data


def read(kind: str, path: Path, **options: object) -> list[Episode]:
    return list(open_source(kind, path, **options))


def packets(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(1 for packet in container.demux(video=0) if packet.size)


def read_picture(path: Path, number: int) -> np.ndarray:
    """Decode one frame by counting from the start of the file."""
    with av.open(str(path)) as container:
        for index, frame in enumerate(container.decode(video=0)):
            if index == number:
                return frame.to_ndarray(format="rgb24")
    raise AssertionError(f"{path} has no frame {number}")


def lerobot_roots(reference_data: Path) -> list[Path]:
    return sorted(
        info.parent.parent for info in (reference_data / "data").glob("*lerobot*/*/meta/info.json")
    )


def test_lerobot_counts(reference_data: Path) -> None:
    roots = lerobot_roots(reference_data)
    assert roots
    for root in roots:
        episodes = read("lerobot", root)
        tables = [pq.read_table(path) for path in sorted(root.glob("data/**/*.parquet"))]
        indices = np.concatenate([table["episode_index"].to_numpy() for table in tables])
        counts = np.unique(indices, return_counts=True)[1].tolist()
        assert [episode.num_frames for episode in episodes] == counts
        assert sum(counts) == sum(packets(path) for path in root.glob("videos/**/*.mp4"))
        actions = np.concatenate([np.stack(table["action"].to_pylist()) for table in tables])
        found = np.concatenate([episode.actions for episode in episodes])
        np.testing.assert_array_equal(found, actions.astype(np.float32))
        states = np.concatenate([np.stack(t["observation.state"].to_pylist()) for t in tables])
        found = np.concatenate([episode.states for episode in episodes])
        np.testing.assert_array_equal(found, states.astype(np.float32))
        info = json.loads((root / "meta/info.json").read_text())
        assert {episode.fps for episode in episodes} == {float(info["fps"])}
        assert all(len(episode.instruction.split()) > 3 for episode in episodes)


def test_lerobot_v3_episodes_begin_at_their_own_frame(reference_data: Path) -> None:
    (root,) = [
        root for root in lerobot_roots(reference_data) if (root / "meta/tasks.parquet").exists()
    ]
    (video,) = root.glob("videos/**/*.mp4")
    first = 0
    for episode in read("lerobot", root):
        frames = episode.frames([0, episode.num_frames - 1])
        for frame, number in zip(frames, (first, first + episode.num_frames - 1), strict=True):
            np.testing.assert_array_equal(frame, read_picture(video, number))
        first += episode.num_frames


def test_gr1_lists_a_camera_without_files(reference_data: Path) -> None:
    root = reference_data / "data/gr1_sim_lerobot_v20/robot_sim.PickNPlace"
    for episode in read("lerobot", root):
        assert episode.provenance["camera"] == "observation.images.ego_view"
        assert "egoview, which has no files" in episode.provenance["notes"][0]
        assert episode.instruction.startswith("pick the ")


def test_robonet_counts(reference_data: Path) -> None:
    folder = reference_data / "data/robonet_hdf5"
    episodes = {episode.episode_id: episode for episode in read("hdf5", folder)}
    files = sorted(folder.glob("*.hdf5"))
    assert sorted(episodes) == [path.stem for path in files]
    for path in files:
        episode = episodes[path.stem]
        with h5py.File(path) as file:
            actions, states = file["policy/actions"][()], file["env/state"][()]
            camera = file["env/cam0_video/frames"]
            shape = tuple(camera.attrs["shape"])
        assert episode.num_frames == len(actions)
        np.testing.assert_array_equal(episode.actions, actions.astype(np.float32))
        np.testing.assert_array_equal(episode.states, states[: len(actions)].astype(np.float32))
        assert episode.frames().shape == (len(actions), *shape)
        assert len(episode.action_names) == actions.shape[1]


def test_robonet_blue_is_blue(reference_data: Path) -> None:
    """The floor under Google's arena is wood: more red than blue, once the colours are swapped."""
    folder = reference_data / "data/robonet_hdf5"
    for path in folder.glob("google_*.hdf5"):
        (episode,) = read("hdf5", path)
        assert episode.provenance["image_format"] == "BGR"
        corner = episode.frames([0])[0, -150:, :50].astype(int)
        assert corner[..., 0].mean() > corner[..., 2].mean() + 20


def test_droid_counts(reference_data: Path) -> None:
    root = reference_data / "data/droid_mp4_json"
    episodes = {e.episode_id: e for e in read("video_with_arrays", root, fields="droid")}
    side_files = sorted(root.glob("*/annotation/*/*.json"))
    assert sorted(episodes) == sorted(
        path.relative_to(root).with_suffix("").as_posix() for path in side_files
    )
    for path in side_files:
        side = json.loads(path.read_text())
        episode = episodes[path.relative_to(root).with_suffix("").as_posix()]
        video = path.parents[2] / side["videos"][0]["video_path"]
        assert episode.source == path.parents[2].name
        assert episode.num_frames == len(side["states"]) == side["video_length"]
        assert packets(video) - episode.num_frames in (0, 1)
        cut = any("extra_frame=drop" in note for note in episode.provenance["notes"])
        assert cut == (packets(video) > episode.num_frames)
        np.testing.assert_array_equal(episode.states, np.float32(side["states"]))
        assert episode.instruction == side["texts"][0]
        assert episode.success == bool(side["success"])
        if "action.cartesian_position" in side:
            raw = np.column_stack(
                [side["action.cartesian_position"], side["action.gripper_position"]]
            )
            np.testing.assert_array_equal(episode.actions, raw[::3].astype(np.float32))
        else:
            assert episode.actions is None


def test_droid_as_tfrecord_and_as_video_is_the_same(reference_data: Path) -> None:
    data = reference_data / "data"
    videos = read("video_with_arrays", data / "droid_mp4_json/droid_subset", fields="droid")
    matched = 0
    for record in read("rlds", data / "droid_rlds_tfds"):
        same = [e for e in videos if e.num_frames == record.num_frames]
        (video,) = [e for e in same if np.allclose(e.states, record.states, atol=1e-6)]
        np.testing.assert_allclose(video.actions, record.actions, atol=1e-6)
        assert (video.source, video.fps, video.instruction, video.success) == (
            record.source,
            record.fps,
            record.instruction,
            record.success,
        )
        assert (video.action_names, video.action_units, video.state_names) == (
            record.action_names,
            record.action_units,
            record.state_names,
        )
        difference = np.abs(video.frames().astype(int) - record.frames())
        assert difference.mean() < 3  # one more JPEG at quality 85
        shifted = np.abs(video.frames()[1:].astype(int) - record.frames()[:-1])
        assert difference[:-1].mean() < shifted.mean()
        matched += 1
    assert matched == len(read("rlds", data / "droid_rlds_tfds")) > 0


def test_nothing_is_reported_bad(reference_data: Path) -> None:
    data, report = reference_data / "data", BadInputs()
    read("lerobot", data / "g1_real_lerobot_v30", report=report)
    read("lerobot", data / "gr1_sim_lerobot_v20", report=report)
    read("hdf5", data / "robonet_hdf5", report=report)
    read("video_with_arrays", data / "droid_mp4_json", fields="droid", report=report)
    assert report.records == []
