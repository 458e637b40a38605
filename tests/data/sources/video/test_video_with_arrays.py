"""Video with JSON or NPZ side files: DROID's layout, plain layouts, and broken ones."""

import io
import json
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from lapa.data.bad_input import BadInputs
from lapa.data.sources.registry import open_source
from toys.droid import write_droid
from toys.known_frames import assert_shows, pictures, rows
from toys.videos import write_video


def read(path: Path, **options: object) -> list:
    return list(open_source("video_with_arrays", path, fields="droid", **options))


def reasons(path: Path, **options: object) -> tuple[list[str], list[str]]:
    report = BadInputs()
    found = open_source("video_with_arrays", path, report=report, **{"fields": "droid", **options})
    ids = [episode.episode_id for episode in found]
    return ids, [record.reason for record in report.records]


def test_droid_takes_every_third_action(tmp_path: Path) -> None:
    write_droid(tmp_path / "lab", "7", frames=5)
    (episode,) = read(tmp_path)
    assert (episode.source, episode.episode_id) == ("lab", "lab/annotation/train/7")
    assert (episode.num_frames, episode.fps, episode.success) == (5, 5.0, True)
    assert episode.instruction == "stack the cups"
    np.testing.assert_allclose(episode.actions[:, :6], rows(0, 14, 6)[::3], rtol=1e-6)
    np.testing.assert_allclose(episode.actions[:, 6], np.linspace(0, 1, 14)[::3], rtol=1e-6)
    assert episode.action_names[-1] == "gripper"
    assert episode.action_units[0] == "m"
    assert episode.provenance["action_rule"] == "subsample"
    assert_shows(episode.frames([3])[0], 0, 3)


def test_accumulate_takes_the_last_absolute_target_of_each_interval(tmp_path: Path) -> None:
    write_droid(tmp_path, "7", frames=5)
    (episode,) = read(tmp_path, actions="accumulate")
    np.testing.assert_allclose(episode.actions[:, 0], [2, 5, 8, 11, 13])  # 14 raw rows: short end


def test_accumulate_adds_up_increments(tmp_path: Path) -> None:
    write_droid(tmp_path, "7", frames=5)
    fields = {
        "side_files": "annotation/*/*.json",
        "video": "key:videos.{camera}.video_path",
        "actions": [{"field": "action.gripper_position", "kind": "increment"}],
        "rows_per_frame": 3,
    }
    found = open_source("video_with_arrays", tmp_path, fields=fields, actions="accumulate")
    (episode,) = found
    raw = np.linspace(0, 1, 14)
    expected = [raw[start : start + 3].sum() for start in range(0, 14, 3)]
    np.testing.assert_allclose(episode.actions[:, 0], expected, rtol=1e-6)
    assert episode.actions.sum() == pytest.approx(raw.sum())
    assert episode.provenance["actions_are"] == "relative"


def test_one_frame_more_than_states_is_dropped_and_noted(tmp_path: Path) -> None:
    free = {"action.cartesian_position": None, "action.gripper_position": None}
    write_droid(tmp_path, "7", frames=5, states=4, **free)
    (episode,) = read(tmp_path)
    assert (episode.num_frames, len(episode.states), episode.actions) == (4, 4, None)
    assert "extra_frame=drop" in episode.provenance["notes"][0]
    assert episode.provenance["notes"][1].startswith("no actions: none of ['action.cart")
    (held,) = read(tmp_path, extra_frame="hold")
    assert (held.num_frames, len(held.states)) == (5, 5)


def test_empty_text_stays_empty(tmp_path: Path) -> None:
    write_droid(tmp_path, "7", texts=[""], success=0)
    (episode,) = read(tmp_path)
    assert (episode.instruction, episode.success) == ("", False)


def test_one_bad_recording_costs_only_itself(tmp_path: Path) -> None:
    write_droid(tmp_path, "1")
    write_droid(tmp_path, "2", **{"action.gripper_position": None})
    write_droid(tmp_path, "3", states=9)
    write_droid(tmp_path, "4")
    (tmp_path / "annotation/train/4.json").write_text('{"texts": [')
    write_droid(tmp_path, "5")
    video = tmp_path / "videos/train/5/0.mp4"
    video.write_bytes(video.read_bytes()[:-200])
    write_droid(tmp_path, "6", videos=[{"video_path": "../../../../etc/passwd"}])
    write_droid(tmp_path, "7", states=5)
    (tmp_path / "videos/train/7/0.mp4").unlink()
    write_droid(tmp_path, "8", **{"action.gripper_position": [float("nan")] * 14})
    write_droid(tmp_path, "9", success="maybe")
    ids, found = reasons(tmp_path)
    assert ids == ["annotation/train/1"]
    assert found == [
        "missing_columns",
        "length_mismatch",
        "broken_json",
        "truncated_video",
        "unsafe_path",
        "missing_file",
        "not_finite",
        "wrong_type",
    ]


def test_npz_beside_the_video(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", pictures(0, 4))
    np.savez(
        tmp_path / "a.npz",
        actions=rows(0, 4, 2),
        instruction="wave",
        success=True,
        environment="lab",
    )
    (episode,) = open_source("video_with_arrays", tmp_path, fields="npz", fps=4)
    assert (episode.instruction, episode.environment, episode.success) == ("wave", "lab", True)
    assert (episode.fps, episode.states) == (4, None)
    assert episode.action_names == ("action_0", "action_1")
    assert (episode.action_units, episode.actions_are) == ((), ())
    np.testing.assert_allclose(episode.actions, rows(0, 4, 2), rtol=1e-6)


def test_pickled_npz_is_refused(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", pictures(0, 4))
    np.savez(tmp_path / "a.npz", actions=np.array([{"x": 1}], dtype=object))
    assert reasons(tmp_path, fields="npz") == ([], ["broken_npz"])


def test_wrong_options_are_errors_with_the_choices(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"did you mean 'droid'\? known: droid, json, npz"):
        list(open_source("video_with_arrays", tmp_path, fields="droids"))
    with pytest.raises(ValueError, match="'subsample' or 'accumulate'"):
        read(tmp_path, actions="average")
    with pytest.raises(ValueError, match=r"no camera '9'"):
        read(tmp_path, camera="9")


def test_nothing_found_is_reported(tmp_path: Path) -> None:
    assert reasons(tmp_path) == ([], ["no_files"])


def test_an_episode_travels_to_another_process(tmp_path: Path) -> None:
    write_droid(tmp_path, "7")
    (episode,) = read(tmp_path)
    sent = pickle.loads(pickle.dumps(episode))  # noqa: S301
    np.testing.assert_array_equal(sent.frames([1, 3]), episode.frames([1, 3]))


def test_the_map_is_chosen_by_which_one_finds_videos(tmp_path: Path) -> None:
    write_droid(tmp_path / "droid/lab", "7")
    (tmp_path / "droid/lab/annotation/train/1.json").write_text("{")
    (tmp_path / "plain").mkdir()
    write_video(tmp_path / "plain/a.mp4", pictures(0, 4))
    (tmp_path / "plain/a.json").write_text(json.dumps({"actions": rows(0, 4, 2).tolist()}))
    report = BadInputs()
    (droid,) = open_source("video_with_arrays", tmp_path / "droid", report=report)
    assert droid.action_names[-1] == "gripper"
    assert report.counts() == {"broken_json": 1}
    (plain,) = open_source("video_with_arrays", tmp_path / "plain")
    np.testing.assert_allclose(plain.actions, rows(0, 4, 2), rtol=1e-6)
    np.savez(tmp_path / "plain/a.npz", actions=rows(0, 4, 2))
    with pytest.raises(ValueError, match=r"fits the field maps \['json', 'npz'\]"):
        list(open_source("video_with_arrays", tmp_path / "plain"))


def test_side_files_without_videos_are_named_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    (tmp_path / "b.json").write_text("{}")
    assert reasons(tmp_path, fields=None) == ([], ["missing_file", "missing_file"])
    (tmp_path / "empty").mkdir()
    assert reasons(tmp_path / "empty", fields=None) == ([], ["no_files"])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"actions": ' + "[" * 100_000, "broken_json"),
        ("[1, 2]", "broken_json"),
        ('{"actions": [[1, 2], [3]]}', "ragged_rows"),
        ('{"n": ' + "9" * 5000 + "}", "broken_json"),
        (" " * (65 << 20), "absurd_dimensions"),
    ],
    ids=["deep", "list", "ragged", "number", "large"],
)
def test_an_absurd_side_file_costs_only_its_recording(
    tmp_path: Path, content: str, reason: str
) -> None:
    for name in ("a", "b"):
        write_video(tmp_path / f"{name}.mp4", pictures(0, 4))
        (tmp_path / f"{name}.json").write_text(json.dumps({"actions": rows(0, 4, 2).tolist()}))
    (tmp_path / "a.json").write_text(content)
    report = BadInputs()
    found = open_source("video_with_arrays", tmp_path, fields="json", report=report)
    assert [episode.episode_id for episode in found] == ["b"]
    assert [(Path(r.item).name, r.reason) for r in report.records] == [("a.json", reason)]


def test_an_array_header_that_promises_terabytes_is_refused(tmp_path: Path) -> None:
    header = io.BytesIO()
    shape = {"descr": "<f8", "fortran_order": False, "shape": (1 << 40,)}
    np.lib.format.write_array_header_2_0(header, shape)
    write_video(tmp_path / "a.mp4", pictures(0, 4))
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as file:
        file.writestr("actions.npy", header.getvalue())
    report = BadInputs()
    assert not list(open_source("video_with_arrays", tmp_path, fields="npz", report=report))
    assert [record.reason for record in report.records] == ["absurd_dimensions"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_side_files_of_any_editor_in_capitals_hidden_and_linked(
    tmp_path: Path, encoding: str
) -> None:
    folder = tmp_path / "disk/set"
    folder.mkdir(parents=True)
    write_video(folder / "A.MP4", pictures(0, 4))
    contents = json.dumps({"actions": rows(0, 4, 2).tolist(), "instruction": "öffne"})
    (folder / "A.JSON").write_bytes(contents.encode(encoding))
    (folder / "._A.JSON").write_bytes(bytes(200))
    (tmp_path / "root").mkdir()
    (tmp_path / "root/set").symlink_to(folder)
    (episode,) = open_source("video_with_arrays", tmp_path / "root", fields="json")
    assert (episode.episode_id, episode.instruction, episode.num_frames) == ("set/A", "öffne", 4)


def test_one_kind_per_column(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", pictures(0, 4))
    (tmp_path / "a.json").write_text(json.dumps({"actions": rows(0, 8, 3).tolist()}))
    fields = {
        "side_files": "*.json",
        "video": "file:{stem}.mp4",
        "rows_per_frame": 2,
        "actions": [
            {
                "field": "actions",
                "names": ["x", "y", "grip"],
                "kind": ["increment", "increment", "absolute"],
            }
        ],
    }
    (episode,) = open_source("video_with_arrays", tmp_path, fields=fields, actions="accumulate")
    assert episode.actions_are == ("relative", "relative", "absolute")
    assert episode.provenance["actions_are"] == "mixed"
    raw = rows(0, 8, 3)
    np.testing.assert_allclose(episode.actions[:, :2], raw[::2, :2] + raw[1::2, :2], rtol=1e-6)
    np.testing.assert_allclose(episode.actions[:, 2], raw[1::2, 2], rtol=1e-6)
    fields["actions"][0]["kind"] = ["increment"]
    with pytest.raises(ValueError, match="1 kinds but 3 names"):
        list(open_source("video_with_arrays", tmp_path, fields=fields))
