"""A disk that is full is said in one sentence that names the file; what was there before stays."""

from __future__ import annotations

import errno
import resource
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from lapa.data.labels.shard_labels import read_sidecar, write_sidecar
from lapa.folders.full_disk import DiskFullError, told_when_full
from lapa.folders.whole_file import write_whole
from lapa.models.storage import WEIGHTS, save_model
from lapa.params.base import Params
from lapa.training.common.checkpoints import readable, save_atomically
from toys.faults import RAISED, Faults
from toys.states import newest_state, step_file

SMALL, LARGE = 1_000, 100_000
"""Numbers saved: below what a file may hold, and above it."""


class Config(Params):
    """Of a model."""

    kind: str = "toy"


@pytest.fixture
def small_files() -> Iterator[None]:
    """No file of this process may exceed 40 kB; Python ignores the signal, so writing fails as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def save_state(folder: Path, size: int) -> None:
    save_atomically({"weights": torch.zeros(size)}, step_file(folder, 2))


def save_weights(folder: Path, size: int) -> None:
    save_model(folder, nn.Linear(size, 1), Config())


def save_codes(folder: Path, size: int) -> None:
    write_sidecar(folder, "train/0.tar", np.zeros((size, 4), np.int16), np.ones(size, bool))


def save_text(folder: Path, size: int) -> None:
    write_whole(folder / "record.json", "x" * size)


@pytest.mark.parametrize(
    ("save", "name", "what"),
    [
        (save_state, "step-00000002.ckpt", "training state"),
        (save_weights, WEIGHTS, "weights"),
        (save_codes, "0.safetensors", "labels"),
        (save_text, "record.json", "record"),
    ],
)
@pytest.mark.usefixtures("small_files")
def test_the_file_is_named(
    save: Callable[[Path, int], None], name: str, what: str, tmp_path: Path, faults: Faults
) -> None:
    with pytest.raises(
        DiskFullError, match=rf"{name} could not be written \(File too large\): .* MB are free"
    ):
        save(tmp_path, LARGE)
    save(tmp_path, SMALL)
    told, intact = "file and free bytes are named", "the rerun completes"
    faults.tell(f"disk full: {what}", happened=told, code=RAISED, intact=intact)


@pytest.mark.usefixtures("small_files")
def test_what_was_saved_before_stays_whole(tmp_path: Path) -> None:
    folder = tmp_path / "resume"
    save_atomically({"step": 1}, step_file(folder, 1))
    with pytest.raises(DiskFullError):
        save_state(folder, LARGE)
    newest = newest_state(tmp_path)
    assert newest == step_file(folder, 1)
    assert readable(newest) == {"step": 1}
    assert [path.name for path in folder.iterdir()] == [newest.name]  # nothing half-written


@pytest.mark.usefixtures("small_files")
def test_labels_written_before_stay_whole(tmp_path: Path) -> None:
    save_codes(tmp_path, SMALL)
    with pytest.raises(DiskFullError):
        save_codes(tmp_path, LARGE)
    assert read_sidecar(tmp_path, "train/0.tar")[0].shape == (SMALL, 4)


def test_other_errors_stay_as_they_are(tmp_path: Path) -> None:
    for error in (
        OSError(errno.EACCES, "no"),
        RuntimeError("unexpected pos 3 vs 4"),
        KeyError("a"),
    ):
        with pytest.raises(type(error)) as caught, told_when_full(tmp_path / "a"):
            raise error
        assert caught.value is error
