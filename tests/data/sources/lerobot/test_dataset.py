"""LeRobot v2.1 and v3.0 as people write them, broken metadata and files included."""

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from lapa.data.bad_input import BadInputError, BadInputs
from lapa.data.sources.registry import open_source
from lapa.jpeg import encode_jpeg
from toys.known_frames import assert_shows, pictures, rows
from toys.lerobot import CAMERA, lerobot_table, write_lerobot_v2, write_lerobot_v3
from toys.videos import write_video


def reasons(path: Path, **options: object) -> tuple[list[str], list[str]]:
    """Return the ids read and the reasons reported."""
    report = BadInputs()
    ids = [episode.episode_id for episode in open_source("lerobot", path, report=report, **options)]
    return ids, [record.reason for record in report.records]


def edit_info(folder: Path, **changes: object) -> None:
    path = folder / "meta" / "info.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


@pytest.mark.parametrize("version", ["v2.0", "v2.1"])
def test_v2_episode(tmp_path: Path, version: str) -> None:
    write_lerobot_v2(tmp_path, [5, 7], version=version)
    first, second = open_source("lerobot", tmp_path, name="mine")
    assert (first.source, first.episode_id, first.num_frames, first.fps) == (
        "mine",
        "episode_000000",
        5,
        10.0,
    )
    assert (first.instruction, second.instruction) == ("push it", "lift it")
    assert second.actions is not None
    assert second.actions.dtype == np.float32
    np.testing.assert_allclose(second.actions, rows(1, 7, 3), rtol=1e-6)
    np.testing.assert_allclose(second.states, rows(1, 7, 2), rtol=1e-6)
    assert second.action_names == ("x", "y", "grip")
    assert second.state_names == ("state_0", "state_1")
    frames = second.frames([6, 0])
    assert_shows(frames[0], 1, 6)
    assert_shows(frames[1], 1, 0)


def test_v3_finds_every_episode_inside_shared_files(tmp_path: Path) -> None:
    write_lerobot_v3(tmp_path, [[4, 6, 3], [5]])
    episodes = list(open_source("lerobot", tmp_path))
    assert [episode.num_frames for episode in episodes] == [4, 6, 3, 5]
    for number, episode in enumerate(episodes):
        np.testing.assert_allclose(episode.actions, rows(number, episode.num_frames, 3), rtol=1e-6)
        frames = episode.frames()
        assert len(frames) == episode.num_frames
        for index in (0, episode.num_frames - 1):
            assert_shows(frames[index], number, index)
    assert [episode.instruction for episode in episodes] == ["push it", "lift it"] * 2


def test_folder_of_datasets_keeps_ids_apart(tmp_path: Path) -> None:
    write_lerobot_v2(tmp_path / "a", [3])
    write_lerobot_v3(tmp_path / "b", [[3]])
    ids = [episode.episode_id for episode in open_source("lerobot", tmp_path, name="both")]
    assert ids == ["a/episode_000000", "b/episode_000000"]


def test_listed_camera_without_files_becomes_a_note(tmp_path: Path) -> None:
    write_lerobot_v2(
        tmp_path,
        [4],
        total_episodes=99,
        total_chunks=0,
        splits={"train": "0:100"},
        features={"observation.images.ghost": {"dtype": "video", "shape": [800, 1280, 3]}},
    )
    info = json.loads((tmp_path / "meta/info.json").read_text())
    info["features"] = dict(reversed(info["features"].items()))  # the ghost comes first
    (tmp_path / "meta/info.json").write_text(json.dumps(info))
    (episode,) = open_source("lerobot", tmp_path)
    assert episode.provenance["camera"] == CAMERA
    notes = " ".join(episode.provenance["notes"])
    assert "observation.images.ghost, which has no files" in notes
    assert "counts 99 episodes, found 1" in notes
    assert "0:100" in notes


def test_camera_is_chosen_by_short_name_and_an_unknown_one_is_refused(tmp_path: Path) -> None:
    write_lerobot_v3(tmp_path, [[3]])
    (episode,) = open_source("lerobot", tmp_path, camera="front")
    assert episode.provenance["camera"] == CAMERA
    with pytest.raises(BadInputError, match=r"camera wrist has no files.*front"):
        list(open_source("lerobot", tmp_path, camera="wrist"))


@pytest.mark.parametrize("write", ["v2", "v3"])
def test_missing_column_is_named(tmp_path: Path, write: str) -> None:
    if write == "v2":
        write_lerobot_v2(tmp_path, [3])
        table = tmp_path / "data/chunk-000/episode_000000.parquet"
    else:
        write_lerobot_v3(tmp_path, [[3]])
        table = tmp_path / "data/chunk-000/file-000.parquet"
    pq.write_table(pq.read_table(table).drop_columns(["action"]), table)
    with pytest.raises(BadInputError, match=r"missing_columns.*'action'"):
        list(open_source("lerobot", tmp_path))


def test_action_free_dataset_has_no_actions(tmp_path: Path) -> None:
    write_lerobot_v2(tmp_path, [3])
    info = json.loads((tmp_path / "meta/info.json").read_text())
    del info["features"]["action"]
    edit_info(tmp_path, features=info["features"])
    table = tmp_path / "data/chunk-000/episode_000000.parquet"
    pq.write_table(pq.read_table(table).drop_columns(["action"]), table)
    (episode,) = open_source("lerobot", tmp_path)
    assert episode.actions is None
    assert episode.states is not None


def test_one_bad_episode_costs_only_itself(tmp_path: Path) -> None:
    write_lerobot_v2(tmp_path, [4, 4, 4, 4, 4])
    video = tmp_path / "videos/chunk-000" / CAMERA
    truncated = video / "episode_000001.mp4"
    truncated.write_bytes(truncated.read_bytes()[:-300])
    (video / "episode_000002.mp4").unlink()
    table = lerobot_table(3, 4)
    actions = rows(3, 4, 3)
    actions[2, 1] = np.nan
    column = table.column_names.index("action")
    table = table.set_column(column, "action", [actions.tolist()])
    pq.write_table(table, tmp_path / "data/chunk-000/episode_000003.parquet")
    broken = tmp_path / "data/chunk-000/episode_000004.parquet"
    broken.write_bytes(broken.read_bytes()[:200])
    ids, found = reasons(tmp_path)
    assert ids == ["episode_000000"]
    assert found == ["truncated_video", "missing_file", "not_finite", "broken_parquet"]


def test_one_frame_more_than_rows_is_dropped_or_held(tmp_path: Path) -> None:
    write_lerobot_v2(tmp_path, [4])
    write_video(tmp_path / "videos/chunk-000" / CAMERA / "episode_000000.mp4", pictures(0, 5))
    (dropped,) = open_source("lerobot", tmp_path)
    (held,) = open_source("lerobot", tmp_path, extra_frame="hold")
    assert (dropped.num_frames, held.num_frames) == (4, 5)
    assert held.actions is not None
    assert (held.actions[4] == held.actions[3]).all()
    assert any("extra_frame=drop" in note for note in dropped.provenance["notes"])


def test_v3_video_shorter_than_its_rows_is_refused(tmp_path: Path) -> None:
    write_lerobot_v3(tmp_path, [[4, 4]])
    write_video(
        tmp_path / "videos" / CAMERA / "chunk-000/file-000.mp4",
        np.concatenate([pictures(0, 4), pictures(1, 2)]),
    )
    ids, found = reasons(tmp_path)
    assert ids == ["episode_000000"]
    assert found == ["length_mismatch"]


def test_annotation_column_beats_task_index(tmp_path: Path) -> None:
    write_lerobot_v2(tmp_path, [3])
    path = tmp_path / "data/chunk-000/episode_000000.parquet"
    table = pq.read_table(path)
    table = table.append_column("annotation.human.action.task_description", [[1, 1, 0]])
    pq.write_table(table, path)
    (episode,) = open_source("lerobot", tmp_path)
    assert episode.instruction == "lift it"
    assert any("2 texts" in note for note in episode.provenance["notes"])
    (other,) = open_source("lerobot", tmp_path, instruction_column="task_index")
    assert other.instruction == "push it"


def test_without_task_file_the_episode_list_gives_the_text(tmp_path: Path) -> None:
    write_lerobot_v2(tmp_path, [3])
    (tmp_path / "meta/tasks.jsonl").unlink()
    (episode,) = open_source("lerobot", tmp_path)
    assert episode.instruction == "from the list"


def test_pictures_inside_the_table(tmp_path: Path) -> None:
    write_lerobot_v3(tmp_path, [[3, 4]])
    info = json.loads((tmp_path / "meta/info.json").read_text())
    info["features"][CAMERA]["dtype"] = "image"
    edit_info(tmp_path, features=info["features"])
    path = tmp_path / "data/chunk-000/file-000.parquet"
    frames = np.concatenate([pictures(0, 3), pictures(1, 4)])
    cells = [{"bytes": encode_jpeg(frame), "path": None} for frame in frames]
    pq.write_table(pq.read_table(path).append_column(CAMERA, [cells]), path)
    _, second = open_source("lerobot", tmp_path)
    assert_shows(second.frames([2])[0], 1, 2)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"codebase_version": "v1.6"}, "unknown_version"),
        ({"fps": -3}, "broken_info"),
        ({"features": 3}, "broken_info"),
        ({"data_path": "../../etc/{episode_index}.parquet"}, "unsafe_path"),
        ({"data_path": "data/{nonsense}.parquet"}, "broken_info"),
    ],
)
def test_unusable_info_is_named(tmp_path: Path, changes: dict[str, object], reason: str) -> None:
    write_lerobot_v2(tmp_path / "bad", [3])
    write_lerobot_v2(tmp_path / "good", [3])
    edit_info(tmp_path / "bad", **changes)
    ids, found = reasons(tmp_path)
    assert ids == ["good/episode_000000"]
    assert found == [reason]


def test_empty_folder_is_reported(tmp_path: Path) -> None:
    assert reasons(tmp_path) == ([], ["missing_info"])


def test_missing_episode_list_of_v3_is_reported(tmp_path: Path) -> None:
    write_lerobot_v3(tmp_path, [[3]])
    (tmp_path / "meta/episodes/chunk-000/file-000.parquet").unlink()
    assert reasons(tmp_path) == ([], ["no_episodes"])


def test_linked_datasets_are_read_once_and_hidden_ones_not_at_all(tmp_path: Path) -> None:
    write_lerobot_v2(tmp_path / "disk/one", [4])
    write_lerobot_v2(tmp_path / "root/two", [5])
    write_lerobot_v2(tmp_path / "root/__MACOSX/three", [6])
    for name in ("link", "same"):
        (tmp_path / "root" / name).symlink_to(tmp_path / "disk/one")
    (tmp_path / "root/loop").symlink_to(tmp_path / "root")
    found = [(e.source, e.num_frames) for e in open_source("lerobot", tmp_path / "root")]
    assert found == [("link", 4), ("two", 5)]
