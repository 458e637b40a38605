"""Every kind of robot dataset reaches a policy and a report, by configuration alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from lapa.jpeg import encode_jpeg
from toys.droid import write_droid
from toys.hdf5 import write_robomimic
from toys.known_frames import pictures
from toys.lerobot import write_lerobot_v2, write_lerobot_v3
from toys.rlds import bridge_example, write_rlds
from toys.sessions import Sessions, sessions_in
from toys.tiny_sizes import TINY

ENVIRONMENT = "my_robot"


def _lerobot_v2(folder: Path) -> tuple[str, int]:
    write_lerobot_v2(folder, [12, 9, 14, 10, 11, 12])
    return "lerobot", 3


def _lerobot_v3(folder: Path) -> tuple[str, int]:
    write_lerobot_v3(folder, [[12, 9, 14], [10, 11, 12]])
    return "lerobot", 3


def _hdf5(folder: Path) -> tuple[str, int]:
    folder.mkdir()
    write_robomimic(folder / "demos.hdf5", [12, 9, 14, 10, 11, 12])
    return "hdf5", 7


def _bridge(folder: Path) -> tuple[str, int]:
    shown = [[encode_jpeg(frame) for frame in pictures(number, 10)] for number in range(6)]
    moved = [np.random.default_rng(number).normal(size=(10, 7)) for number in range(6)]
    records = [
        bridge_example(number, steps=10, image_0=shown[number], action=np.float32(moved[number]))
        for number in range(6)
    ]
    write_rlds(folder, [records])
    return "rlds", 7


def _video_and_json(folder: Path) -> tuple[str, int]:
    for number in range(6):
        write_droid(folder, str(number), frames=10)
    return "video_with_arrays", 7


MADE_UP: dict[str, Callable[[Path], tuple[str, int]]] = {
    "lerobot_v2": _lerobot_v2,
    "lerobot_v3": _lerobot_v3,
    "hdf5": _hdf5,
    "bridge_rlds": _bridge,
    "video_and_json": _video_and_json,
}
REAL: dict[str, tuple[str, int | None]] = {
    "g1_real_lerobot_v30": ("lerobot", 26),
    "gr1_sim_lerobot_v20": ("lerobot", 44),
    "robonet_hdf5": ("hdf5", None),
    "bridge_rlds": ("rlds", 7),
    "droid_mp4_json": ("video_with_arrays", 7),
}


@pytest.fixture(scope="module")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sessions]:
    with sessions_in(tmp_path_factory.mktemp("robots"), Sessions) as sessions:
        yield sessions


Reaches = Callable[[str, str, Path, int | None], None]


@pytest.fixture
def reaches_the_report(sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> Reaches:
    """Take a dataset through all pipelines, as the environment's two variables name it."""

    def reach(name: str, kind: str, dataset: Path, dimensions: int | None) -> None:
        monkeypatch.setenv("LAPA_KIND", kind)
        monkeypatch.setenv("LAPA_DATASET", str(dataset))
        monkeypatch.setenv("LAPA_HORIZON_S", "0.4")
        sessions.run(name, ENVIRONMENT, TINY)
        reporting = sessions.folder / "data/08_reporting" / name
        page = (reporting / "report/report.html").read_text()
        models = sessions.folder / "data/06_models" / name
        for arm in ("lapa", "random_laq", "scratch"):
            assert arm in page
            config = json.loads((models / arm / "policy/config.json").read_text())
            if dimensions is not None:
                assert len(config["stats"]["dimensions"]) == dimensions
            report = json.loads((reporting / "policies" / arm / "record.json").read_text())
            names = {metric["name"] for metric in report["metrics"]["policy"]}
            assert "action/mse_normalized" in names

    return reach


@pytest.mark.parametrize("name", MADE_UP)
def test_a_made_up_dataset_reaches_the_report(
    name: str, reaches_the_report: Reaches, tmp_path: Path
) -> None:
    kind, dimensions = MADE_UP[name](tmp_path / "recordings")
    reaches_the_report(f"made_up_{name}", kind, tmp_path / "recordings", dimensions)


@pytest.mark.reference_data
@pytest.mark.parametrize("name", REAL)
def test_a_real_dataset_reaches_the_report(
    name: str, reaches_the_report: Reaches, reference_data: Path
) -> None:
    kind, dimensions = REAL[name]
    reaches_the_report(name, kind, reference_data / "data" / name, dimensions)
