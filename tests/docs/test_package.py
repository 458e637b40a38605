"""The wheel: built without the network, complete, and at work outside the checkout, on every Python that it names.

An interpreter that is not installed is skipped. The packages beside the wheel are those of this environment; they are compiled for
its Python, so another one is asked only what needs none of them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from toys.paths import ROOT

PYTHONS = ("3.11", "3.12")
CARRIED = ("pyproject.toml", "README.md", "LICENSE", "conf", "src")
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy: building writes into the folder of the sources."""
    copy, out = tmp_path_factory.mktemp("sources"), tmp_path_factory.mktemp("wheel")
    for name in CARRIED:
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name,
                copy / name,
                symlinks=True,
                ignore=shutil.ignore_patterns("__pycache__"),
            )
        else:
            shutil.copy(ROOT / name, copy)
    run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, copy], out)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's packages, and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run(command: list[object], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    # `make test` names a logging configuration of the checkout, which is not there outside it
    own = {name: value for name, value in os.environ.items() if name != "KEDRO_LOGGING_CONFIG"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**own, "DO_NOT_TRACK": "1"} | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done


def test_the_pythons_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == ">=3.11,<3.13"


def test_the_wheel_carries_configuration_and_no_secrets(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "lapa/conf/base/parameters/laq.yml" in names
    assert "lapa/py.typed" in names
    assert not [name for name in names if name.startswith("lapa/conf/local/")]
    assert not [name for name in names if name.startswith(("tests/", "docs/"))]


@pytest.mark.parametrize("options", [("--help",), ("inspect", "--help"), ("plan", "--env=test")])
def test_commands_work_outside_the_checkout(
    installed: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    done = run([sys.executable, "-m", "lapa", *options], tmp_path, PYTHONPATH=str(installed))
    assert done.stdout
    assert list(tmp_path.iterdir()) == []


def test_what_runs_is_the_wheel(installed: Path, tmp_path: Path) -> None:
    code = "import lapa; print(lapa.__file__)"
    done = run([sys.executable, "-c", code], tmp_path, PYTHONPATH=str(installed))
    assert Path(done.stdout.strip()).is_relative_to(installed)


@pytest.mark.parametrize("version", PYTHONS)
def test_every_module_compiles_and_pip_accepts_the_wheel(
    version: str, wheel: Path, installed: Path, tmp_path: Path
) -> None:
    """Syntax, and what the wheel's metadata asks of the interpreter."""
    python = interpreter(version)
    run(
        [python, "-m", "compileall", "-q", installed / "lapa"],
        tmp_path,
        PYTHONPYCACHEPREFIX=str(tmp_path / "cache"),
    )
    run(
        [
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-index",
            "--no-deps",
            "--target",
            tmp_path / "to",
            wheel,
        ],
        tmp_path,
    )
    code = "import lapa; print(lapa.__version__)"
    done = run([python, "-c", code], tmp_path, PYTHONPATH=str(tmp_path / "to"))
    assert done.stdout.strip() in wheel.name


def interpreter(version: str) -> str:
    if version == HERE:
        return sys.executable
    for name in (
        f"python{version}",
        *sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python{version}")),
    ):
        path = shutil.which(str(name))
        if (
            path
            and subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode == 0
        ):
            return path
    pytest.skip(f"no python{version} on this machine")
