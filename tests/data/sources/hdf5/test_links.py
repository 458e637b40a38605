"""An HDF5 file never chooses other files of the machine to be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from lapa.data.bad_input import BadInputs
from lapa.data.sources import open_source
from toys.hdf5 import write_robomimic, write_robonet
from toys.known_frames import pictures, rows

SECRET = "root:x:0:0:root:/root:/bin/bash\n" * 400

Attack = Callable[[h5py.Group, str, Path], None]


def external_link(group: h5py.Group, name: str, outside: Path) -> None:
    group[name] = h5py.ExternalLink(str(outside / "other.hdf5"), f"all/{name.rpartition('/')[2]}")


def soft_link_through_external(group: h5py.Group, name: str, outside: Path) -> None:
    root = group.file
    if "door" not in root:
        root["door"] = h5py.ExternalLink(str(outside / "other.hdf5"), "all")
    group[name] = h5py.SoftLink(f"/door/{name.rpartition('/')[2]}")


def external_storage(group: h5py.Group, name: str, outside: Path) -> None:
    shape, dtype = ((5, 32, 32, 3), np.uint8) if "rgb" in name else ((5, 7), np.float64)
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    group.create_dataset(name, shape, dtype, external=[(str(outside / "passwd"), 0, size)])


def virtual_dataset(group: h5py.Group, name: str, outside: Path) -> None:
    shape, dtype = ((5, 32, 32, 3), np.uint8) if "rgb" in name else ((5, 7), np.float64)
    layout = h5py.VirtualLayout(shape=shape, dtype=dtype)
    leaf = name.rpartition("/")[2]
    layout[:] = h5py.VirtualSource(str(outside / "other.hdf5"), f"all/{leaf}", shape=shape)
    group.create_virtual_dataset(name, layout)


ATTACKS: tuple[Attack, ...] = (
    external_link,
    soft_link_through_external,
    external_storage,
    virtual_dataset,
)


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "passwd").write_text(SECRET)
    with h5py.File(folder / "other.hdf5", "w") as file:
        file["all/actions"] = rows(0, 5, 7)
        file["all/agentview_rgb"] = pictures(0, 5)
        file["all/ee_pos"] = rows(0, 5, 7)
    return folder


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("name", ["actions", "obs/agentview_rgb", "obs/ee_pos"])
def test_parts_outside_the_file_are_refused_and_the_rest_is_read(
    tmp_path: Path, outside: Path, attack: Attack, name: str
) -> None:
    (tmp_path / "in").mkdir()
    write_robomimic(tmp_path / "in/a.hdf5", [5, 5])
    with h5py.File(tmp_path / "in/a.hdf5", "a") as file:
        demo = file["data/demo_0"]
        del demo[name]
        attack(demo, name, outside)
    report = BadInputs()
    found = [e.episode_id for e in open_source("hdf5", tmp_path / "in", report=report)]
    assert found == ["a-demo_1"]
    (record,) = report.records
    assert record.reason == "external_hdf5"
    assert record.item.endswith("a.hdf5:demo_0")
    assert "root:x" not in record.detail


def test_groups_outside_the_file_are_refused(tmp_path: Path, outside: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a", "b"):
        write_robonet(tmp_path / f"in/{name}.hdf5")
    with h5py.File(tmp_path / "in/a.hdf5", "a") as file:
        del file["policy"]
        file["policy"] = h5py.ExternalLink(str(outside / "other.hdf5"), "all")
    report = BadInputs()
    assert [e.episode_id for e in open_source("hdf5", tmp_path / "in", report=report)] == ["b"]
    assert [record.reason for record in report.records] == ["external_hdf5"]


def test_links_and_virtual_datasets_inside_the_file_are_followed(tmp_path: Path) -> None:
    write_robomimic(tmp_path / "a.hdf5", [5])
    with h5py.File(tmp_path / "a.hdf5", "a") as file:
        demo = file["data/demo_0"]
        file["store/actions"] = demo["actions"][()]
        file["store/pictures"] = demo["obs/agentview_rgb"][()]
        del demo["actions"], demo["obs/agentview_rgb"]
        demo["actions"] = h5py.SoftLink("/store/actions")
        layout = h5py.VirtualLayout(shape=(5, 32, 32, 3), dtype=np.uint8)
        layout[:] = h5py.VirtualSource(file["store/pictures"])
        demo.create_virtual_dataset("obs/agentview_rgb", layout)
    (episode,) = open_source("hdf5", tmp_path / "a.hdf5")
    assert episode.num_frames == 5
    np.testing.assert_array_equal(episode.frames(), pictures(0, 5))


def test_links_in_a_circle_are_named(tmp_path: Path) -> None:
    write_robomimic(tmp_path / "a.hdf5", [5, 5])
    with h5py.File(tmp_path / "a.hdf5", "a") as file:
        demo = file["data/demo_0"]
        del demo["actions"]
        demo["actions"] = h5py.SoftLink("again")
        demo["again"] = h5py.SoftLink("actions")
    report = BadInputs()
    assert len(list(open_source("hdf5", tmp_path / "a.hdf5", report=report))) == 1
    assert report.records[0].item.endswith(":demo_0")
