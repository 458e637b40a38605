"""What torch would unpickle of a sharded state is looked at first."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest
import torch
import torch.distributed.checkpoint as dcp
from torch.distributed.checkpoint.metadata import Metadata

from lapa.training.common.shard_metadata import METADATA, describes_tensors_only


def saved(folder: Path) -> Path:
    dcp.save({"w": torch.ones(3), "n": {"step": 4}}, checkpoint_id=folder, no_dist=True)
    return folder


def test_a_checkpoint_of_torch_is_read(tmp_path: Path) -> None:
    assert describes_tensors_only(saved(tmp_path))


class Calls:
    """Names a function that would be called by reading it."""

    def __init__(self, function: object, *arguments: object) -> None:
        self.call = function, arguments

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return self.call


def test_a_pickle_that_would_call_something_is_refused_and_calls_nothing(tmp_path: Path) -> None:
    made = tmp_path / "made"
    file = saved(tmp_path) / METADATA
    for bad in (
        Calls(os.mkdir, str(made)),
        Calls(torch.load, str(made)),
        Calls(getattr, str, "upper"),
        Calls(getattr, Metadata, "__init__"),
    ):
        file.write_bytes(pickle.dumps(bad))
        with pytest.warns(UserWarning, match=r"is unreadable \(its .metadata"):
            assert not describes_tensors_only(tmp_path)
    assert not made.exists()


@pytest.mark.parametrize("damage", ["cut", "empty", "missing"])
def test_damage_is_a_warning(tmp_path: Path, damage: str) -> None:
    file = saved(tmp_path) / METADATA
    whole = file.read_bytes()
    file.unlink()
    if damage != "missing":
        file.write_bytes(whole[:-40] if damage == "cut" else b"")
    with pytest.warns(UserWarning, match="unreadable"):
        assert not describes_tensors_only(tmp_path)
