"""No code of a checkpoint's pickle runs: what is no tensor, value or known container is refused by name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import torch

from lapa.models.laq.checkpoint_file import read_checkpoint_file
from toys.foreign import save_lightning

STATE = {"weight": torch.ones(2)}


class Runs:
    """Unpickling it would make a file."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.mark),)


def test_settings_of_omegaconf_are_read_without_it(tmp_path: Path) -> None:
    settings = {"image_size": 64, "name": "lam", "dino": {"enabled": True}, "on": False}
    file = read_checkpoint_file(save_lightning(tmp_path / "a.ckpt", STATE, settings))
    assert file.settings == {"image_size": 64, "name": "lam", "on": False}
    assert (file.step, list(file.state)) == (1234, ["weight"])


@pytest.mark.parametrize("zipped", [True, False])
def test_a_pickle_that_would_run_something_is_refused_by_name(tmp_path: Path, zipped: bool) -> None:
    content = {"state_dict": STATE, "callbacks": Runs(tmp_path / "ran")}
    torch.save(content, tmp_path / "a.ckpt", _use_new_zipfile_serialization=zipped)
    with pytest.raises(
        ValueError, match=r"a\.ckpt is refused: its pickle names \w+\.mkdir, expected"
    ):
        read_checkpoint_file(tmp_path / "a.ckpt")
    assert not (tmp_path / "ran").exists()


def test_any_other_class_is_refused_even_where_it_is_harmless(tmp_path: Path) -> None:
    path = save_lightning(tmp_path / "a.ckpt", STATE, {}, callbacks={"folder": Path("/x")})
    with pytest.raises(ValueError, match=r"its pickle names .*pathlib\S*\.PosixPath, expected"):
        read_checkpoint_file(path)


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04 begins like a file of torch"])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.ckpt").write_bytes(content)
    with pytest.raises(ValueError, match=r"a\.ckpt cannot be read .*, expected a complete file"):
        read_checkpoint_file(tmp_path / "a.ckpt")


def test_half_a_file_is_named(tmp_path: Path) -> None:
    whole = save_lightning(tmp_path / "a.ckpt", STATE, {}).read_bytes()
    (tmp_path / "a.ckpt").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"a\.ckpt cannot be read"):
        read_checkpoint_file(tmp_path / "a.ckpt")


@pytest.mark.parametrize("content", [{"step": 3, "model": STATE}, [1], {"state_dict": {}}, {}])
def test_what_holds_no_state_dict_is_refused(tmp_path: Path, content: Any) -> None:
    torch.save(content, tmp_path / "a.pt")
    with pytest.raises(ValueError, match="expected a state dict"):
        read_checkpoint_file(tmp_path / "a.pt")


def test_a_zip_whose_pickle_is_damaged_is_refused(tmp_path: Path) -> None:
    damaged = tmp_path / "a.ckpt"
    torch.save(STATE, tmp_path / "whole.ckpt")
    with ZipFile(tmp_path / "whole.ckpt") as whole, ZipFile(damaged, "w") as copy:
        for member in whole.namelist():
            copy.writestr(
                member, b"\x80\x02\xde" if member.endswith(".pkl") else whole.read(member)
            )
    with pytest.raises(ValueError, match=r"a\.ckpt cannot be read, expected a file of torch\.save"):
        read_checkpoint_file(damaged)
