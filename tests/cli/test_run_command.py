"""One `lapa` for everything, in a checkout and anywhere else; wheels carry the configuration."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from lapa.__main__ import command_line
from toys.paths import ROOT


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        (["doctor"], ["doctor"]),
        (["plan", "--env=vla_7b"], ["plan", "--env=vla_7b"]),
        (["--help"], ["--help"]),
        (["--version"], ["--version"]),
        (["--pipelines=laq", "--env=test"], ["run", "--pipelines=laq", "--env=test"]),
        (["-n", "train_laq"], ["run", "-n", "train_laq"]),
        ([], ["run"]),
    ],
)
def test_options_alone_are_those_of_run(given: list[str], asked: list[str]) -> None:
    assert command_line(given) == asked


def lapa(
    *arguments: str, cwd: Path, source: Path = ROOT / "src"
) -> subprocess.CompletedProcess[str]:
    environment = {n: v for n, v in os.environ.items() if n != "KEDRO_LOGGING_CONFIG"}
    return subprocess.run(
        [sys.executable, "-m", "lapa", *arguments],
        cwd=cwd,
        env=environment | {"PYTHONPATH": str(source), "DO_NOT_TRACK": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_run_outside_a_project_says_what_to_do(tmp_path: Path) -> None:
    done = lapa("run", "--env=test", cwd=tmp_path)
    assert done.returncode == 1
    assert "no project in" in done.stderr
    assert "lapa run --conf-source=" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of this source, unpacked: what `pip install` would put on the path."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("src", "conf"):
        ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
        shutil.copytree(ROOT / name, source / name, symlinks=True, ignore=ignored)
    (source / "conf/local/credentials.yml").write_text("secret: of this machine")
    script = (
        "import sys; from setuptools.build_meta import build_wheel; print(build_wheel(sys.argv[1]))"
    )
    built = subprocess.run(
        [sys.executable, "-c", script, str(folder)],
        cwd=source,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    wheel = folder / built.stdout.split()[-1]
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_carries_every_environment_and_no_secret(unpacked: Path) -> None:
    def files(conf: Path) -> set[str]:
        found = {path.relative_to(conf).as_posix() for path in conf.rglob("*.yml")}
        return {name for name in found if not name.startswith("local/")}

    assert files(unpacked / "lapa/conf") == files(ROOT / "conf")
    assert not (unpacked / "lapa/conf/local").exists()


def test_an_environment_is_planned_from_anywhere(unpacked: Path, tmp_path: Path) -> None:
    done = lapa("plan", "--env=vla_7b", cwd=tmp_path, source=unpacked)
    assert done.returncode == 0, done.stderr
    assert "7,348.8 M" in done.stdout
    assert "logging configuration" not in done.stdout + done.stderr
    done = lapa("plan", "--env=vla_7bb", cwd=tmp_path, source=unpacked)
    assert done.returncode == 1
    assert "no environment 'vla_7bb'" in done.stderr
    assert "did you mean 'vla_7b'" in done.stderr


def test_the_packaged_configuration_runs_from_anywhere(unpacked: Path, tmp_path: Path) -> None:
    conf = unpacked / "lapa/conf"
    options = ("--env=test", "--nodes=tabletop.record_episodes", f"--conf-source={conf}")
    done = lapa("run", *options, cwd=tmp_path, source=unpacked)
    assert done.returncode == 0, done.stderr + done.stdout
    assert (tmp_path / "data/01_raw/test/tabletop/record.json").is_file()
