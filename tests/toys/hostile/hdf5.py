"""HDF5 files that read other files, or promise more than they hold."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np

from toys.hdf5 import write_robomimic

ACTIONS = "data/demo_0/actions"


def _demonstration(folder: Path) -> h5py.File:
    """A sound file without its actions."""
    write_robomimic(folder / "b.hdf5", [4])
    file = h5py.File(folder / "b.hdf5", "r+")
    del file[ACTIONS]
    return file


def _outside(folder: Path) -> Path:
    """A file that is none of the source's."""
    path = folder.with_name("outside.hdf5")
    with h5py.File(path, "w") as file:
        file["actions"] = np.zeros((4, 7))
    return path


def external_link(folder: Path) -> None:
    with _demonstration(folder) as file:
        file[ACTIONS] = h5py.ExternalLink(str(_outside(folder)), "actions")


def external_storage(folder: Path) -> None:
    with _demonstration(folder) as file:
        place = [(str(_outside(folder)), 0, 4 * 7 * 8)]
        file.create_dataset(ACTIONS, (4, 7), np.float64, external=place)


def virtual_of_external_storage(folder: Path) -> None:
    """A virtual dataset of this very file, one part of which is stored elsewhere."""
    with _demonstration(folder) as file:
        place = [(str(_outside(folder)), 0, 4 * 7 * 8)]
        file.create_dataset("part", (4, 7), np.float64, external=place)
        layout = h5py.VirtualLayout((4, 7), np.float64)
        layout[:] = h5py.VirtualSource(".", "part", (4, 7))
        file.create_virtual_dataset(ACTIONS, layout)


def layout_behind_a_link(folder: Path) -> None:
    """To tell RoboNet's layout from robomimic's, nothing outside may be opened."""
    with h5py.File(folder / "b.hdf5", "w") as file:
        for name in ("env", "policy", "data"):
            file[name] = h5py.ExternalLink(str(_outside(folder)), "/")


def endless_rows(folder: Path) -> None:
    """160 GB of actions, of which no byte was written."""
    with _demonstration(folder) as file:
        file.create_dataset(ACTIONS, (10_000_000, 4096), np.float32, chunks=(1, 4096))


def huge_chunk(folder: Path) -> None:
    """One chunk of 1 GB, packed to nothing."""
    with _demonstration(folder) as file:
        file.create_dataset(ACTIONS, (4, 7), np.float64, maxshape=(None, 7), chunks=(1 << 24, 7))
