"""LeRobot datasets with the names, types and shapes that recorders really write."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lapa.data.bad_input import BadInputError
from lapa.data.episode import Episode
from lapa.data.sources.lerobot.table import rows_of_lists, single
from lapa.data.sources.registry import open_source
from toys.known_frames import pictures, rows
from toys.lerobot import CAMERA, write_lerobot_v2, write_lerobot_v3
from toys.videos import write_video

V2_TABLE = "data/chunk-000/episode_000000.parquet"


def read(folder: Path, **options: Any) -> list[Episode]:
    return list(open_source("lerobot", folder, **options))


def edit_features(folder: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    path = folder / "meta/info.json"
    info = json.loads(path.read_text())
    path.write_text(json.dumps({**info, "features": change(info["features"])}))


def edit_table(path: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    pq.write_table(change(pq.read_table(path)), path)


def renamed(folder: Path, names: dict[str, str]) -> None:
    """Rename columns everywhere, pictures among them."""
    edit_features(folder, lambda f: {names.get(key, key): value for key, value in f.items()})
    for table in folder.glob("data/**/*.parquet"):
        edit_table(table, lambda t: t.rename_columns([names.get(n, n) for n in t.column_names]))
    for video in sorted(folder.glob("videos/**/*.mp4")):
        for old, new in names.items():
            target = Path(str(video).replace(f"/{old}/", f"/{new}/"))
            if target != video:
                target.parent.mkdir(parents=True, exist_ok=True)
                video.rename(target)


@pytest.mark.parametrize("state", ["state", "states", "observation.states"])
def test_names_of_openpi_and_others(tmp_path: Path, state: str) -> None:
    write_lerobot_v2(tmp_path, [4, 5])
    renamed(tmp_path, {"action": "actions", "observation.state": state, CAMERA: "image"})
    _, second = read(tmp_path)
    np.testing.assert_allclose(second.actions, rows(1, 5, 3), rtol=1e-6)
    np.testing.assert_allclose(second.states, rows(1, 5, 2), rtol=1e-6)
    assert second.action_names == ("x", "y", "grip")
    assert second.provenance["camera"] == "image"


def grouped(folder: Path, prefix: str, state: str) -> None:
    """Split action and state into groups; the table's order is not that of info.json."""

    def features(found: dict[str, Any]) -> dict[str, Any]:
        kept = {k: v for k, v in found.items() if k not in ("action", "observation.state")}
        number = {"dtype": "float32", "names": None}
        return kept | {
            f"{prefix}.right": {**number, "shape": [2], "names": ["j0", "j1"]},
            f"{prefix}.left": {**number, "shape": [2], "names": ["j0", "j1"]},
            f"{prefix}.camera": {"dtype": "video", "shape": [4, 4, 3]},
            f"{state}.pose": {**number, "shape": [2, 2]},
        }

    def table(found: pa.Table) -> pa.Table:
        count = found.num_rows
        kept = found.drop_columns(["action", "observation.state"])
        left, right = rows(1, count, 2), rows(2, count, 2)
        kept = kept.append_column(f"{prefix}.left", pa.array(left.tolist()))
        kept = kept.append_column(f"{prefix}.right", pa.array(right.tolist()))
        pose = np.arange(4 * count, dtype=float).reshape(count, 2, 2)
        return kept.append_column(f"{state}.pose", pa.array(pose.tolist()))

    edit_features(folder, features)
    for path in folder.glob("data/**/*.parquet"):
        edit_table(path, table)


@pytest.mark.parametrize("prefix", ["action", "actions"])
@pytest.mark.parametrize("state", ["observation.state", "observation.states", "state"])
def test_groups_are_joined_in_the_order_of_info_json(
    tmp_path: Path, prefix: str, state: str
) -> None:
    write_lerobot_v2(tmp_path, [4, 4])
    grouped(tmp_path, prefix, state)
    first, second = read(tmp_path)
    np.testing.assert_allclose(first.actions, np.hstack([rows(2, 4, 2), rows(1, 4, 2)]))
    assert first.action_names == ("right.j0", "right.j1", "left.j0", "left.j1")
    np.testing.assert_allclose(first.states, np.arange(16.0).reshape(4, 4))
    joined = f"joined in this order: {prefix}.right, {prefix}.left"
    assert joined in first.provenance["notes"]
    assert joined not in second.provenance["notes"]


def test_a_column_or_a_group_is_chosen_by_name(tmp_path: Path) -> None:
    write_lerobot_v3(tmp_path, [[4]])
    grouped(tmp_path, "action", "observation.state")
    (episode,) = read(tmp_path, action_column="action.left", state_column="observation.state")
    np.testing.assert_allclose(episode.actions, rows(1, 4, 2))
    with pytest.raises(BadInputError, match=r"no column 'torque'.*'action\.right'"):
        read(tmp_path, action_column="torque")


@pytest.mark.parametrize("version", ["v2", "v3"])
def test_what_is_not_used_is_listed_once(tmp_path: Path, version: str) -> None:
    wrist = "observation.images.wrist"
    extra = {
        wrist: {"dtype": "video", "shape": [32, 32, 3]},
        "observation.force": {"dtype": "float32", "shape": None, "names": None},
        "odd": None,
    }
    if version == "v2":
        write_lerobot_v2(tmp_path, [3, 3, 3], features=extra)
        copies = [(f"episode_{i:06d}.mp4", f"videos/chunk-000/{wrist}") for i in range(3)]
        for name, folder in copies:
            write_video(_made(tmp_path / folder) / name, pictures(0, 3))
    else:
        write_lerobot_v3(tmp_path, [[3, 3], [3]], features=extra)
        write_video(_made(tmp_path / f"videos/{wrist}/chunk-000") / "file-000.mp4", pictures(0, 6))
        listed = tmp_path / "meta/episodes/chunk-000/file-000.parquet"
        for name in ("chunk_index", "file_index"):
            edit_table(listed, lambda t, n=name: t.append_column(f"videos/{wrist}/{n}", [[0] * 3]))
    episodes = read(tmp_path)
    unused = [f"cameras not used: {wrist}", "columns not used: observation.force, odd"]
    notes = [episode.provenance["notes"] for episode in episodes]
    assert [note for note in notes[0] if "not used" in note] == unused
    assert not [note for other in notes[1:] for note in other if "not used" in note]


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("observation.images.a", {"info": {"video.is_depth_map": True}}),
        ("observation.images.a", {"video_info": {"video.is_depth_map": True}}),
        ("observation.images.a", {"info": {"video.pix_fmt": "gray16le"}}),
        ("observation.images.head_Depth", {"info": {"video.is_depth_map": False}}),
    ],
)
def test_depth_is_no_picture(tmp_path: Path, name: str, facts: dict[str, Any]) -> None:
    write_lerobot_v2(tmp_path, [3])
    depth = {"dtype": "video", "shape": [32, 32, 1], **facts}
    edit_features(tmp_path, lambda found: {name: depth, **found})
    write_video(_made(tmp_path / f"videos/chunk-000/{name}") / "episode_000000.mp4", pictures(0, 3))
    (episode,) = read(tmp_path)
    assert episode.provenance["camera"] == CAMERA
    assert f"camera {name} shows depth, not taken for a picture" in episode.provenance["notes"]
    (asked,) = read(tmp_path, camera=name.removeprefix("observation.images."))
    assert asked.provenance["camera"] == name


def test_depth_that_only_its_pixels_betray(tmp_path: Path) -> None:
    write_lerobot_v2(tmp_path, [3])
    name = "observation.images.a"
    depth = {"dtype": "video", "shape": [32, 32, 3]}
    edit_features(tmp_path, lambda found: {name: depth, **found})
    path = _made(tmp_path / f"videos/chunk-000/{name}") / "episode_000000.mp4"
    write_video(path, pictures(0, 3), codec="ffv1", pixel_format="gray16le", container="matroska")
    (episode,) = read(tmp_path)
    assert episode.provenance["camera"] == CAMERA


def test_deep_gray_pictures_inside_the_table_are_no_pictures(tmp_path: Path) -> None:
    cv2 = pytest.importorskip("cv2")
    write_lerobot_v2(tmp_path, [3])
    gray = cv2.imencode(".png", np.full((32, 32), 900, np.uint16))[1].tobytes()
    feature = {"dtype": "image", "shape": [32, 32, 1]}
    edit_features(tmp_path, lambda found: {"range": feature, **found})
    cells = [{"bytes": gray, "path": None}] * 3
    edit_table(tmp_path / V2_TABLE, lambda t: t.append_column("range", [cells]))
    (episode,) = read(tmp_path)
    assert episode.provenance["camera"] == CAMERA


def test_depth_alone_is_refused_by_name(tmp_path: Path) -> None:
    write_lerobot_v2(tmp_path, [3])
    renamed(tmp_path, {CAMERA: "observation.images.depth"})
    with pytest.raises(BadInputError, match=r"of depth: \['observation\.images\.depth'\]"):
        read(tmp_path)


LISTS = [
    pa.large_list(pa.float32()),
    pa.list_view(pa.float32()),
    pa.large_list_view(pa.float64()),
    pa.list_(pa.float64(), 3),
    pa.list_(pa.list_(pa.float32())),
]


@pytest.mark.parametrize("kind", LISTS, ids=str)
def test_every_kind_of_list_is_read(tmp_path: Path, kind: pa.DataType) -> None:
    write_lerobot_v2(tmp_path, [4])
    values = rows(0, 4, 3).tolist()
    nested = pa.types.is_list(kind) and pa.types.is_list(kind.value_type)
    cells = pa.array([[row] for row in values] if nested else values, kind)
    edit_table(
        tmp_path / V2_TABLE,
        lambda t: t.set_column(t.column_names.index("action"), "action", cells),
    )
    (episode,) = read(tmp_path)
    np.testing.assert_allclose(episode.actions, rows(0, 4, 3), rtol=1e-6)


def test_extension_types_and_booleans_are_numbers() -> None:
    tensor = pa.FixedShapeTensorArray.from_numpy_ndarray(np.arange(12.0).reshape(2, 3, 2))
    assert rows_of_lists(pa.chunked_array([tensor]), "a").shape == (2, 6)
    flags = rows_of_lists(pa.chunked_array([pa.array([[True], [False]])]), "a")
    assert flags.dtype == bool
    assert flags.tolist() == [[True], [False]]
    with pytest.raises(BadInputError, match="holds string, expected numbers"):
        rows_of_lists(pa.chunked_array([pa.array(["a"])]), "a")


@pytest.mark.parametrize("wrap", [False, True], ids=["scalars", "lists of one"])
@pytest.mark.parametrize("flag", [pa.bool_(), pa.int64(), pa.float32()], ids=str)
@pytest.mark.parametrize("version", ["v2", "v3"])
def test_values_of_shape_one(tmp_path: Path, version: str, flag: pa.DataType, wrap: bool) -> None:
    if version == "v2":
        write_lerobot_v2(tmp_path, [3, 3])
    else:
        write_lerobot_v3(tmp_path, [[3, 3]])
    for path in tmp_path.glob("data/**/*.parquet"):
        edit_table(path, lambda table: _of_shape_one(table, flag, wrap=wrap))
    first, second = read(tmp_path)
    assert [first.success, second.success] == [False, True]
    assert [first.instruction, second.instruction] == ["push it", "lift it"]
    assert first.states is not None
    np.testing.assert_allclose(second.states, rows(1, 3, 1))


def _of_shape_one(table: pa.Table, flag: pa.DataType, *, wrap: bool) -> pa.Table:
    episodes = table["episode_index"].to_pylist()
    done = [int(e == 1 and i == len(episodes) - 1) for i, e in enumerate(episodes)]
    states = np.concatenate([rows(e, episodes.count(e), 1) for e in sorted(set(episodes))])
    columns = {
        "episode_index": pa.array(episodes, pa.int64()),
        "task_index": table["task_index"].combine_chunks(),
        "next.success": pa.array(done, pa.int64()).cast(flag),
        "observation.state": pa.array(states[:, 0]),
    }
    for name, values in columns.items():
        cells = (
            pa.array([[v] for v in values.to_pylist()], pa.list_(values.type)) if wrap else values
        )
        place = table.column_names.index(name) if name in table.column_names else None
        table = (
            table.append_column(name, cells)
            if place is None
            else table.set_column(place, name, cells)
        )
    return table


def test_no_verdict_where_next_success_holds_nothing(tmp_path: Path) -> None:
    write_lerobot_v2(tmp_path, [3])
    empty = pa.array([None] * 3, pa.bool_())
    edit_table(tmp_path / V2_TABLE, lambda t: t.append_column("next.success", empty))
    assert read(tmp_path)[0].success is None


def test_single_takes_values_out_of_lists_of_one() -> None:
    assert [single(v) for v in (3, [3], [[3]], [1, 2], None)] == [3, 3, 3, [1, 2], None]


def test_null_entries_of_info_json_count_as_absent(tmp_path: Path) -> None:
    write_lerobot_v2(tmp_path, [3])
    path = tmp_path / "meta/info.json"
    nothing = {"splits": None, "total_episodes": None, "robot_type": None, "chunks_size": None}
    path.write_text(json.dumps({**json.loads(path.read_text()), **nothing}))
    assert read(tmp_path)[0].num_frames == 3


def test_names_that_repeat_get_numbers(tmp_path: Path) -> None:
    write_lerobot_v2(tmp_path, [3])
    edit_features(
        tmp_path,
        lambda found: {**found, "action": {"dtype": "float32", "names": ["j", "j", "grip"]}},
    )
    assert read(tmp_path)[0].action_names == ("j", "j_2", "grip")


def test_meaning_and_units_can_be_told(tmp_path: Path) -> None:
    write_lerobot_v2(tmp_path, [3])
    told = {"actions_are": ["relative", "relative", "absolute"], "action_units": "rad"}
    (episode,) = read(tmp_path, **told)
    assert episode.actions_are == ("relative", "relative", "absolute")
    assert episode.action_units == ("rad", "rad", "rad")
    assert episode.provenance["actions_are"] == "mixed"
    with pytest.raises(BadInputError, match=r"2 entries, the actions have 3 dimensions"):
        read(tmp_path, actions_are=["relative", "absolute"])
    with pytest.raises(BadInputError, match="holds 'sideways'"):
        read(tmp_path, actions_are="sideways")
