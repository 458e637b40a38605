"""Whatever is thrown inside an adapter costs what it hit, by name, and never ends the reading."""

from __future__ import annotations

import importlib
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from lapa.data.bad_input import BadInputError, BadInputs
from lapa.data.episode import Episode
from lapa.data.media import video_frames
from lapa.data.sources import open_source
from toys.droid import write_droid
from toys.hdf5 import write_robomimic, write_robonet
from toys.known_frames import pictures, rows
from toys.lerobot import write_lerobot_v2, write_lerobot_v3
from toys.rlds import bridge_example, write_rlds
from toys.videos import write_gray_video, write_video


class SurpriseError(Exception):
    """An exception that no reader can know."""


SURPRISES: tuple[BaseException, ...] = (
    SurpriseError("boo"),
    KeyError("boo"),
    IndexError("boo"),
    TypeError("boo"),
    AttributeError("boo"),
    RuntimeError("boo"),
    ValueError("boo"),
    ZeroDivisionError("boo"),
    AssertionError("boo"),
    EOFError("boo"),
    MemoryError("boo"),
    RecursionError("boo"),
    StopIteration("boo"),
    OSError(5, "boo"),
    PermissionError(13, "boo"),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "boo"),
)


def videos(folder: Path) -> None:
    for name in "abc":
        write_gray_video(folder / f"{name}.mp4")
        (folder / f"{name}.json").write_text(json.dumps({"caption": name}))


def images(folder: Path) -> None:
    for name in "abc":
        (folder / name).mkdir(parents=True)
        for number in range(3):
            cv2.imwrite(str(folder / name / f"{number}.png"), pictures(0, 3)[number])


def robonet(folder: Path) -> None:
    folder.mkdir()
    for name in "abc":
        write_robonet(folder / f"{name}.hdf5")


def robomimic(folder: Path) -> None:
    folder.mkdir()
    write_robomimic(folder / "a.hdf5", [4, 5])
    write_robomimic(folder / "b.hdf5", [6])


def droid(folder: Path) -> None:
    for name in ("1", "2", "3"):
        write_droid(folder, name)


def npz(folder: Path) -> None:
    folder.mkdir()
    for name in "abc":
        write_video(folder / f"{name}.mp4", pictures(0, 4))
        np.savez(folder / f"{name}.npz", actions=rows(0, 4, 2))


def rlds(folder: Path) -> None:
    shards = [[bridge_example(0), bridge_example(1)], [bridge_example(2)]]
    write_rlds(folder / "bridge_dataset/1.0.0", shards)


def lerobot_v2(folder: Path) -> None:
    write_lerobot_v2(folder, [4, 5, 6])


def lerobot_v3(folder: Path) -> None:
    write_lerobot_v3(folder, [[4, 5], [6]])


def recorded(folder: Path) -> None:
    for name in ("episode_0", "episode_1", "episode_2"):
        write_video(_made(folder / name) / "video.mp4", pictures(0, 4))
        for array in ("actions", "states"):
            np.save(folder / name / f"{array}.npy", rows(0, 4, 2).astype(np.float32))
        facts: dict[str, Any] = {
            "fps": 10,
            "instruction": "push",
            "action_names": ["x", "y"],
            "action_units": ["m", "m"],
            "state_names": ["x", "y"],
            "actions_are": ["relative", "relative"],
            "simulator": "toy",
            "environment": "toy-top",
            "success": True,
            "task": "push",
            "seed": 1,
        }
        (folder / name / "episode.json").write_text(json.dumps(facts))


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


WRITERS: dict[str, tuple[str, Callable[[Path], None], dict[str, Any]]] = {
    "videos": ("video_folder", videos, {}),
    "images": ("image_folder", images, {"fps": 5}),
    "robonet": ("hdf5", robonet, {}),
    "robomimic": ("hdf5", robomimic, {}),
    "droid": ("video_with_arrays", droid, {}),
    "npz": ("video_with_arrays", npz, {}),
    "rlds": ("rlds", rlds, {}),
    "lerobot_v2": ("lerobot", lerobot_v2, {}),
    "lerobot_v3": ("lerobot", lerobot_v3, {}),
    "recorded": ("recorded", recorded, {}),
}

POINTS: dict[str, tuple[str, ...]] = {
    "videos": ("av.open", "json.loads", "os.scandir", "os.stat", "pathlib.Path.open"),
    "images": (
        "cv2.imdecode",
        "lapa.data.sources.video.image_folder.image_size",
        "os.scandir",
        "pathlib.Path.open",
        "pathlib.Path.read_bytes",
    ),
    "robonet": ("h5py.File", "h5py.Group.get", "av.open", "os.scandir"),
    "robomimic": ("h5py.File", "h5py.Group.get", "json.loads", "numpy.asarray", "os.scandir"),
    "droid": ("json.loads", "av.open", "os.scandir", "pathlib.Path.open", "pathlib.Path.is_file"),
    "npz": ("numpy.lib.format.read_magic", "av.open", "os.scandir", "pathlib.Path.stat"),
    "rlds": (
        "lapa.data.sources.tfrecord._read_record",
        "lapa.data.sources.rlds.episode.parse_example",
        "simplejpeg.decode_jpeg",
        "json.loads",
        "pathlib.Path.glob",
        "pathlib.Path.stat",
    ),
    "lerobot_v2": ("pyarrow.parquet.ParquetFile", "json.loads", "av.open"),
    "lerobot_v3": ("pyarrow.parquet.ParquetFile", "pathlib.Path.is_file", "av.open"),
    "recorded": ("numpy.lib.format.read_magic", "json.loads", "av.open", "pathlib.Path.glob"),
}


def read_all(kind: str, folder: Path, options: dict[str, Any]) -> tuple[list[str], BadInputs]:
    """Read and decode every episode; return the ids of the whole ones, and what was reported."""
    video_frames._open.clear()  # a reader that an earlier fault left open would not meet this one
    report = BadInputs()
    whole = []
    for episode in open_source(kind, folder, report=report, **options):
        assert isinstance(episode, Episode)
        try:
            episode.frames()
        except BadInputError as error:
            report(error.record)
            continue
        whole.append(episode.episode_id)
    return whole, report


def throw_at(
    monkeypatch: pytest.MonkeyPatch, target: str, number: int, error: BaseException, folder: Path
) -> list[int]:
    """Let call ``number`` of a function raise; returns a list that counts the calls.

    Of functions that take a path only calls for the source count, not those for our own files.
    """
    module, _, name = target.rpartition(".")
    owner = _resolve(module)
    original = getattr(owner, name)
    calls: list[int] = []

    def thrower(*args: Any, **kwargs: Any) -> Any:
        place = args[0] if args else None
        if isinstance(place, str | Path) and str(place).startswith("/") and not is_inside(place):
            return original(*args, **kwargs)
        calls.append(1)
        if len(calls) - 1 == number:
            raise error
        return original(*args, **kwargs)

    def is_inside(place: str | Path) -> bool:
        return str(place).startswith(str(folder))

    monkeypatch.setattr(owner, name, thrower)
    return calls


def _resolve(dotted: str) -> Any:
    """Import a module, or a class of one."""
    try:
        return importlib.import_module(dotted)
    except ImportError:
        module, _, name = dotted.rpartition(".")
        return getattr(_resolve(module), name)


@pytest.mark.parametrize(
    ("layout", "target"), [(layout, target) for layout in POINTS for target in POINTS[layout]]
)
def test_an_exception_anywhere_costs_only_what_it_hit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: str, target: str
) -> None:
    kind, write, options = WRITERS[layout]
    folder = tmp_path / "source"
    write(folder)
    expected, nothing = read_all(kind, folder, options)
    assert len(expected) == 3
    assert not nothing.records
    names = {path.stem for path in folder.rglob("*")} | {folder.name, *expected}
    draw = random.Random(f"{layout} {target}")
    for number in range(4):
        error = draw.choice(SURPRISES)
        with monkeypatch.context() as patch:
            calls = throw_at(patch, target, number, error, folder)
            found, report = read_all(kind, folder, options)
        assert set(found) <= set(expected), (number, error)
        if len(found) < len(expected) and len(calls) > number:
            assert report.records, (number, error, "lost without a word")
        for record in report.records:
            assert any(name in record.item for name in names), record
            assert record.reason, record
            assert record.detail, record
    assert calls, "the point is never reached"
