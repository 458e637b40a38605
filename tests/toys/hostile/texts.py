"""JSON, YAML, NPZ and names beside a recording that were made to do harm."""

from __future__ import annotations

import os
import struct
import zipfile
from pathlib import Path

import numpy as np

from toys.videos import write_gray_video


def _video(folder: Path, name: str = "b") -> Path:
    return write_gray_video(folder / f"{name}.mp4", 4)


def deep_json(folder: Path) -> None:
    _video(folder).with_suffix(".json").write_text("[" * 100_000)


def wide_json(folder: Path) -> None:
    """57 MB of brackets; parsed they take 1.6 GB."""
    _video(folder)
    (folder / "labels.json").write_text("[" + "[]," * 19_000_000 + "[]]")


def large_caption(folder: Path) -> None:
    with _video(folder).with_suffix(".txt").open("wb") as file:
        file.truncate(5 << 30)


def caption_is_a_pipe(folder: Path) -> None:
    """Whoever opens it waits for somebody who writes."""
    _video(folder)
    os.mkfifo(folder / "labels.json")


def caption_leaves(folder: Path) -> None:
    secret = folder.with_name("secret.txt")
    secret.write_text("root:x:0:0")
    _video(folder).with_suffix(".txt").symlink_to(secret)


def control_characters(folder: Path) -> None:
    r"""A name that clears the screen and writes the window's title; the file is empty."""
    (folder / "b\x1b[2J\x1b]0;owned\x07.mp4").touch()


def npz_header(folder: Path) -> None:
    """The header of an array promises 2^40 numbers."""
    _video(folder)
    header = str({"descr": "<f8", "fortran_order": False, "shape": (1 << 40,)}).encode()
    header += b" " * (117 - len(header)) + b"\n"
    content = np.lib.format.magic(1, 0) + struct.pack("<H", len(header)) + header + bytes(64)
    with zipfile.ZipFile(folder / "b.npz", "w") as file:
        file.writestr("actions.npy", content)


def zip_bomb(folder: Path) -> None:
    """Zeros that unpack to 1.2 GB by the directory of the archive."""
    _video(folder)
    with zipfile.ZipFile(folder / "b.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("actions.npy", bytes(1 << 20))
        archive.infolist()[0].file_size = 1200 << 20


def yaml_bomb(folder: Path) -> None:
    """Ten aliases of ten aliases, ten times over."""
    _video(folder)
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"a{depth}: &a{depth} [{', '.join([f'*a{depth - 1}'] * 10)}]" for depth in range(1, 10)
    ]
    (folder / "fields.yml").write_text("\n".join(lines))


def yaml_tag(folder: Path) -> None:
    """A tag that would run a program."""
    _video(folder)
    (folder / "fields.yml").write_text('video: !!python/object/apply:os.system ["touch ran"]\n')
