"""RLDS episodes: fields by YAML map, damage counted, nothing else lost."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from lapa.data.bad_input import BadInputError, BadInputs
from lapa.data.sources import open_source
from lapa.data.sources.rlds.field_map import built_in_maps, load_field_map
from lapa.jpeg import encode_jpeg
from toys.known_frames import gray_frames, numbers_of
from toys.rlds import IMAGE, TEXT, bridge_example, features_of, tensor, write_rlds
from toys.tf_examples import example


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_rlds(
        tmp_path / "bridge_dataset" / "1.0.0",
        [[bridge_example(0), bridge_example(1, steps=5)], [bridge_example(2)]],
    )
    return tmp_path


def test_episodes_hold_everything_the_map_names(folder: Path) -> None:
    episodes = list(open_source("rlds", folder))
    assert [episode.num_frames for episode in episodes] == [4, 5, 4]
    episode = episodes[1]
    assert episode.source == "bridge_dataset"
    assert episode.fps == 5
    assert episode.instruction == "put the carrot on the plate"
    assert episode.environment == "sink"
    assert episode.episode_id.endswith("out.npy#1")
    assert episode.action_names == ("x", "y", "z", "roll", "pitch", "yaw", "gripper")
    assert episode.actions is not None
    assert episode.actions.dtype == np.float32
    assert (episode.actions == 1.5).all()
    assert episode.states is not None
    assert episode.states[4, 6] == 34
    json.dumps(dict(episode.provenance))


@pytest.mark.parametrize(
    "left", ["incomplete.K7ZQ9A_1.0.0", "1.0.0.incompleteABC123", "2.0.0.INCOMPLETE"]
)
def test_leftovers_of_an_interrupted_build_are_no_dataset(folder: Path, left: str) -> None:
    write_rlds(folder / "bridge_dataset" / left, [[bridge_example(9)]])
    (folder / "bridge_dataset" / left / "features.json").unlink()
    assert len(list(open_source("rlds", folder))) == 3
    report = BadInputs()
    assert len(list(open_source("rlds", folder / "bridge_dataset", report=report))) == 3
    assert not report.records
    assert report.left_out["bridge_dataset"] == {f"interrupted TFDS build: {left}": 1}


def _without_features(folder: Path) -> None:
    (folder / "features.json").unlink()


def _deep_features(folder: Path) -> None:
    (folder / "features.json").write_text("[" * 100_000)


def _deep_info(folder: Path) -> None:
    (folder / "dataset_info.json").write_text("[" * 100_000)


def _list_info(folder: Path) -> None:
    (folder / "dataset_info.json").write_text("[]")


def _unmapped(folder: Path) -> None:
    info = json.loads((folder / "dataset_info.json").read_text())
    (folder / "dataset_info.json").write_text(json.dumps({**info, "name": "nobody_knows"}))


def _without_files(folder: Path) -> None:
    for path in folder.glob("*.tfrecord*"):
        path.unlink()
    (folder / "dataset_info.json").write_text('{"name": "bridge_dataset"}')


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (_without_features, "missing_features"),
        (_deep_features, "unreadable_features"),
        (_deep_info, "unreadable_info"),
        (_list_info, "unreadable_info"),
        (_unmapped, "no_field_map"),
        (_without_files, "no_tfrecords"),
    ],
)
def test_a_broken_dataset_among_good_ones_is_a_named_skip(
    folder: Path, damage: Callable[[Path], None], reason: str
) -> None:
    broken = folder / "another/1.0.0"
    write_rlds(broken, [[bridge_example(7)]])
    damage(broken)
    report = BadInputs()
    assert len(list(open_source("rlds", folder, report=report))) == 3
    (record,) = report.records
    assert record.reason == reason
    assert "another" in record.item
    with pytest.raises(BadInputError, match=reason):
        list(open_source("rlds", folder))


def test_a_dataset_under_two_names_is_read_once(folder: Path) -> None:
    (folder / "again").symlink_to(folder / "bridge_dataset")
    report = BadInputs()
    assert len(list(open_source("rlds", folder, report=report))) == 3
    assert not report.records
    assert sum(report.left_out[folder.name].values()) == 1


def test_a_folder_that_cannot_be_looked_into_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "closed").mkdir()
    is_file = Path.is_file

    def denied(path: Path) -> bool:
        if path.parent.name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return is_file(path)

    monkeypatch.setattr(Path, "is_file", denied)
    report = BadInputs()
    assert len(list(open_source("rlds", folder, report=report))) == 3
    assert [(r.item, r.reason) for r in report.records] == [
        (str(folder / "closed"), "unreadable_file")
    ]


def test_hidden_twins_of_an_archive_are_no_shards(folder: Path) -> None:
    version = folder / "bridge_dataset/1.0.0"
    for path in list(version.iterdir()):
        (version / f"._{path.name}").write_bytes(bytes(200))
    (folder / "__MACOSX/bridge_dataset").mkdir(parents=True)
    (folder / "__MACOSX/bridge_dataset/dataset_info.json").write_bytes(bytes(9))
    assert len(list(open_source("rlds", folder))) == 3


def test_depth_is_no_camera(tmp_path: Path) -> None:
    depth = cv2.imencode(".png", np.full((8, 8), 700, np.uint16))[1].tobytes()
    records = [bridge_example(0), bridge_example(1, image_0=[depth] * 4)]
    write_rlds(tmp_path / "bridge_dataset/1.0.0", [records])
    report = BadInputs()
    assert len(list(open_source("rlds", tmp_path, report=report))) == 1
    assert [record.reason for record in report.records] == ["depth_not_color"]


def test_texts_that_are_not_utf8_stay_visible(tmp_path: Path) -> None:
    records = [bridge_example(0, language_instruction=[b"caf\xe9"] * 4)]
    write_rlds(tmp_path / "bridge_dataset/1.0.0", [records])
    (episode,) = open_source("rlds", tmp_path)
    assert episode.instruction == r"caf\xe9"


def test_only_asked_frames_in_asked_order_of_the_asked_camera(folder: Path) -> None:
    first = next(open_source("rlds", folder))
    assert numbers_of(first.frames()) == [0, 1, 2, 3]
    assert numbers_of(first.frames([2, 0, 2])) == [2, 0, 2]
    second_camera = next(open_source("rlds", folder, camera="image_1"))
    assert numbers_of(second_camera.frames([0])) == [3]
    with pytest.raises(IndexError, match="4"):
        first.frames([4])
    with pytest.raises(ValueError, match=r"image_9.*image_0"):
        next(open_source("rlds", folder, camera="image_9"))


def test_options_win_over_the_map(folder: Path) -> None:
    episode = next(open_source("rlds", folder, fps=2.5, name="mine"))
    assert (episode.source, episode.fps) == ("mine", 2.5)
    with pytest.raises(ValueError, match="'test'"):
        next(open_source("rlds", folder, splits=["test"]))


def test_episodes_can_be_sent_to_another_process(folder: Path) -> None:
    episode = next(open_source("rlds", folder))
    copy = pickle.loads(pickle.dumps(episode))  # noqa: S301
    np.testing.assert_array_equal(copy.frames(), episode.frames())


def test_missing_id_comes_from_the_content(tmp_path: Path) -> None:
    records = [bridge_example(n, file_path="", episode_id=np.empty(0, int)) for n in (0, 1)]
    write_rlds(tmp_path / "a", [records])
    write_rlds(tmp_path / "b", [records[::-1]])
    first, second = ({e.episode_id for e in open_source("rlds", tmp_path / f)} for f in "ab")
    assert first == second, "the id does not depend on the order of the records"
    assert len(first) == 2
    assert all(name.startswith("sha256-") for name in first)


def test_empty_instruction_is_allowed(tmp_path: Path) -> None:
    write_rlds(tmp_path, [[bridge_example(0, language_instruction=[""] * 4)]])
    assert next(open_source("rlds", tmp_path)).instruction == ""


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"action": np.zeros((3, 7), np.float32)}, "wrong_shape"),
        ({"action": np.zeros(29, np.float32)}, "wrong_shape"),
        ({"action": np.full((4, 7), np.nan, np.float32)}, "not_finite"),
        ({"state": np.full((4, 7), np.inf, np.float32)}, "not_finite"),
        ({"image_0": np.empty(0, np.float32)}, "no_images"),
        ({"episode_id": [0]}, "duplicate_id"),
    ],
)
def test_one_bad_episode_costs_itself(tmp_path: Path, changes: dict, reason: str) -> None:
    write_rlds(tmp_path, [[bridge_example(0), bridge_example(1, **changes), bridge_example(2)]])
    report = BadInputs()
    kept = [episode.episode_id[-1] for episode in open_source("rlds", tmp_path, report=report)]
    assert kept == ["0", "2"]
    assert report.counts() == {reason: 1}
    with pytest.raises(BadInputError, match=reason):
        list(open_source("rlds", tmp_path))


def test_corrupt_jpeg_is_named_when_it_is_decoded(tmp_path: Path) -> None:
    images = [b"\xff\xd8 no jpeg"] * 4
    write_rlds(tmp_path, [[bridge_example(7, image_0=images)]])
    episode = next(open_source("rlds", tmp_path))
    with pytest.raises(BadInputError, match=r"bridge_dataset: .*out.npy#7 frame 1: corrupt_image"):
        episode.frames([1])


def test_truncated_file_loses_its_tail_only_and_says_how_much(tmp_path: Path) -> None:
    paths = write_rlds(tmp_path, [[bridge_example(n) for n in range(3)], [bridge_example(3)]])
    paths[0].write_bytes(paths[0].read_bytes()[:-50])
    report = BadInputs()
    kept = [e.episode_id[-1] for e in open_source("rlds", tmp_path, report=report)]
    assert kept == ["0", "1", "3"]
    assert report.counts() == {"missing_records": 1, "truncated_tfrecord": 1}


def test_files_cut_at_a_record_border_or_absent_are_noticed(tmp_path: Path) -> None:
    paths = write_rlds(tmp_path, [[bridge_example(0)], [bridge_example(1)]], lengths=[3, 1])
    paths[1].unlink()
    report = BadInputs()
    assert len(list(open_source("rlds", tmp_path, report=report))) == 1
    assert report.counts() == {"missing_records": 1, "missing_shard": 1}


def test_missing_features_json_is_named(folder: Path) -> None:
    (folder / "bridge_dataset" / "1.0.0" / "features.json").unlink()
    with pytest.raises(BadInputError, match="missing_features"):
        next(open_source("rlds", folder))


def test_empty_folder_and_absent_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no_tfrecords"):
        next(open_source("rlds", tmp_path))
    with pytest.raises(FileNotFoundError, match="nowhere"):
        next(open_source("rlds", tmp_path / "nowhere"))


def test_newest_version_wins_and_every_dataset_is_read(tmp_path: Path) -> None:
    for version, number in (("1.0.0", 0), ("1.10.0", 2), ("1.9.0", 1)):
        write_rlds(tmp_path / "bridge_dataset" / version, [[bridge_example(number)]])
    write_rlds(tmp_path / "other", [[bridge_example(5)]], dataset="bridge_orig")
    found = [(e.source, e.episode_id[-1]) for e in open_source("rlds", tmp_path)]
    assert found == [("bridge_dataset", "2"), ("bridge_orig", "5")]


def test_unknown_dataset_needs_a_map_and_takes_a_mapping(tmp_path: Path) -> None:
    write_rlds(tmp_path, [[bridge_example(0)]], dataset="brige_dataset")
    with pytest.raises(ValueError, match="did you mean 'bridge_dataset'"):
        next(open_source("rlds", tmp_path))
    fields = {
        "datasets": {"brige_dataset": 7},
        "camera": "front",
        "cameras": {"front": "steps/observation/image_0"},
    }
    episode = next(open_source("rlds", tmp_path, fields=fields))
    assert episode.fps == 7
    assert episode.actions is None


def test_built_in_maps_are_sound() -> None:
    assert {"bridge", "droid", "fractal", "language_table"} < set(built_in_maps())
    mapped = [dataset for name in built_in_maps() for dataset in load_field_map(name).datasets]
    assert len(mapped) == len(set(mapped)), "two maps for one dataset"
    for name in built_in_maps():
        fields = load_field_map(name)
        assert fields.camera in fields.cameras
        assert all(fps > 0 for fps in fields.datasets.values())
    with pytest.raises(ValueError, match="did you mean 'fractal'"):
        load_field_map("fractel")


def test_fractal_joins_nested_action_fields(tmp_path: Path) -> None:
    steps = 3
    widths = {
        "steps/action/world_vector": 3,
        "steps/action/rotation_delta": 3,
        "steps/action/gripper_closedness_action": 1,
        "steps/observation/base_pose_tool_reached": 7,
        "steps/observation/gripper_closed": 1,
        "steps/reward": 0,
    }
    features = features_of(
        {name: tensor("float32", *([width] if width else [])) for name, width in widths.items()}
        | {"steps/observation/image": IMAGE}
        | {"steps/observation/natural_language_instruction": TEXT}
    )
    values: dict[str, object] = {
        name: np.arange(steps * max(width, 1), dtype=np.float32) for name, width in widths.items()
    }
    values["steps/observation/image"] = [encode_jpeg(f) for f in gray_frames(steps, 8, 8)]
    values["steps/observation/natural_language_instruction"] = ["pick coke can"] * steps
    write_rlds(tmp_path, [[example(values)]], dataset="fractal20220817_data", features=features)
    episode = next(open_source("rlds", tmp_path))
    assert (episode.fps, episode.instruction, episode.success) == (3, "pick coke can", True)
    np.testing.assert_array_equal(episode.actions, [[0, 1, 2, 0, 1, 2, 0], [3, 4, 5, 3, 4, 5, 1],
                                                    [6, 7, 8, 6, 7, 8, 2]])  # fmt: skip
    assert episode.states is not None
    assert episode.states.shape == (3, 8)
    assert episode.episode_id.startswith("sha256-")


def test_language_table_reads_its_integer_instructions(tmp_path: Path) -> None:
    features = features_of(
        {
            "steps/action": tensor("float32", 2),
            "steps/observation/rgb": IMAGE,
            "steps/observation/instruction": tensor("int32", 32),
            "steps/observation/effector_translation": tensor("float32", 2),
            "episode_id": TEXT,
        }
    )
    words = np.zeros((2, 32), np.int64)
    words[:, :13] = np.frombuffer(b"push the star", np.uint8)
    values = {
        "steps/action": np.ones((2, 2), np.float32),
        "steps/observation/rgb": [encode_jpeg(f) for f in gray_frames(2, 8, 8)],
        "steps/observation/instruction": words,
        "steps/observation/effector_translation": np.ones((2, 2), np.float32),
        "episode_id": "episode 7",
    }
    write_rlds(tmp_path, [[example(values)]], dataset="language_table", features=features)
    episode = next(open_source("rlds", tmp_path))
    assert (episode.instruction, episode.episode_id) == ("push the star", "episode 7")
    assert episode.fps == 10


@pytest.mark.reference_data
def test_real_bridge(reference_data: Path) -> None:
    root = reference_data / "data" / "bridge_rlds"
    info = json.loads(next(root.rglob("dataset_info.json")).read_text())
    expected = sum(int(n) for split in info["splits"] for n in split["shardLengths"])
    episodes = list(open_source("rlds", root))
    assert len(episodes) == expected
    for episode in episodes:
        assert episode.num_frames == 10
        assert episode.actions is not None
        assert episode.actions.shape == (10, 7)
        assert np.abs(episode.actions[0, :6]).max() < 1e-5, "row 0 is zero in the source and kept"
        assert episode.instruction
        assert episode.environment
        frames = episode.frames([0, 9])
        assert frames.shape == (2, 64, 64, 3)
        assert frames.std() > 20, "image_0 is real although has_image_0 is 0"


@pytest.mark.reference_data
def test_real_droid(reference_data: Path) -> None:
    root = reference_data / "data" / "droid_rlds_tfds"
    info = json.loads(next(root.rglob("dataset_info.json")).read_text())
    episodes = list(open_source("rlds", root))
    assert len(episodes) == sum(int(n) for s in info["splits"] for n in s["shardLengths"])
    assert {episode.fps for episode in episodes} == {5}
    assert {episode.success for episode in episodes} == {True, False}
    assert any(episode.instruction == "" for episode in episodes)
    for episode in episodes:
        assert episode.states is not None
        assert episode.states.shape == (episode.num_frames, 7)
        assert episode.frames([episode.num_frames - 1]).shape == (1, 192, 320, 3)
