"""`lapa new-env`: from a folder to an environment that every stage accepts."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from lapa.cli.new_env import new_env
from lapa.config import CONFIG_LOADER_ARGS, ConfigLoader
from lapa.params.sections import SECTIONS
from toys.hdf5 import write_robomimic
from toys.lerobot import write_lerobot_v2
from toys.paths import ROOT
from toys.rlds import bridge_example, write_rlds


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    shutil.copy(ROOT / "pyproject.toml", folder)
    shutil.copytree(ROOT / "conf", folder / "conf")
    monkeypatch.chdir(folder)
    return folder


def called(*arguments: object) -> Result:
    return CliRunner().invoke(new_env, [str(argument) for argument in arguments])


def parameters(project: Path, name: str, **given: Any) -> dict[str, Any]:
    loader = ConfigLoader(
        str(project / "conf"), env=name, runtime_params=given, **CONFIG_LOADER_ARGS
    )
    loaded = dict(loader["parameters"])
    for section, model in SECTIONS.items():
        model.model_validate(loaded[section])
    return loaded


def _lerobot(folder: Path) -> None:
    write_lerobot_v2(folder, [12, 9, 14, 10, 11, 12])


def _hdf5(folder: Path) -> None:
    folder.mkdir()
    write_robomimic(folder / "demos.hdf5", [12, 9, 14, 10, 11, 12])


def _rlds(folder: Path) -> None:
    write_rlds(folder, [[bridge_example(number, steps=10) for number in range(6)]])


@pytest.mark.parametrize(
    ("write", "kind"), [(_lerobot, "lerobot"), (_hdf5, "hdf5"), (_rlds, "rlds")]
)
@pytest.mark.parametrize("size", ["test", "demo", "small"])
def test_every_stage_accepts_what_is_written(
    project: Path, tmp_path: Path, write: Callable[[Path], None], kind: str, size: str
) -> None:
    write(tmp_path / "data")
    result = called("arm", "--from", tmp_path / "data", "--size", size)
    assert result.exit_code == 0, result.output
    assert "wrote conf/arm: read it, then `kedro run --env=arm`" in result.output
    loaded = parameters(project, "arm")
    robot = loaded["datasets"]["robot"]
    assert (robot["kind"], robot["path"]) == (kind, str(tmp_path / "data"))
    side = 128 if size == "small" else 64
    assert loaded["laq"]["model"]["image_size"] == loaded["ingestion"]["image_size"] == side
    assert loaded["work"].endswith("/arm")


def test_another_preset_keeps_its_own_lengths(project: Path, tmp_path: Path) -> None:
    _lerobot(tmp_path / "data")
    assert called("arm", "--from", tmp_path / "data").exit_code == 0
    loaded = parameters(project, "arm", laq={"preset": "small"})
    assert loaded["laq"]["trainer"]["max_steps"] == 20_000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["test"], "which `lapa new-env` did not write"),
        (["arm", "--camera", "fornt"], "no camera 'fornt'. There are: observation.images.front"),
        (["arm", "--option", "acton_column=a"], "acton_column"),
        (["arm", "--kind", "hdf5"], "no recording that can be used as 'hdf5'"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_written(
    project: Path, tmp_path: Path, arguments: list[str], message: str
) -> None:
    _lerobot(tmp_path / "data")
    result = called(*arguments, "--from", tmp_path / "data")
    assert result.exit_code == 1
    assert message in result.output
    assert not (project / "conf" / "arm").exists()


def test_an_rlds_dataset_that_no_map_knows_says_what_to_write(
    project: Path, tmp_path: Path
) -> None:
    write_rlds(tmp_path / "data", [[bridge_example(0)]], dataset="my_arm")
    result = called("arm", "--from", tmp_path / "data")
    assert "no field map for RLDS dataset 'my_arm'" in result.output
    assert "pass it as `fields`" in result.output


def test_outside_a_project_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _lerobot(tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    assert "change to your checkout" in called("arm", "--from", tmp_path / "data").output
