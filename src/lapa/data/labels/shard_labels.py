"""The codes of one shard: a safetensors file beside it, a row per owned frame."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from lapa.folders.file_mode import follow_umask
from lapa.folders.full_disk import told_when_full
from lapa.records import digest_of_file

LARGEST_CODEBOOK = int(np.iinfo(np.int16).max) + 1
"""Codes are stored as int16 from 0 on."""


def sidecar(shard: str) -> str:
    """Return the label file of a shard: ``train/000012.tar`` to ``train/000012.safetensors``."""
    return str(Path(shard).with_suffix(".safetensors"))


def require_codes_fit(codebook_size: int) -> None:
    """Refuse a codebook whose codes would wrap around on disk, or that has but one.

    Raises:
        ValueError: it has fewer than two or more than `LARGEST_CODEBOOK` entries.
    """
    if codebook_size < 2:
        raise ValueError(
            f"codebook_size is {codebook_size}, expected at least 2: the latent actions of this "
            "quantiser are vectors, not codes; label with another one"
        )
    if codebook_size > LARGEST_CODEBOOK:
        raise ValueError(
            f"codebook_size is {codebook_size}, expected at most {LARGEST_CODEBOOK}: labels are "
            "stored as int16; train a quantiser with fewer entries"
        )


def write_sidecar(
    folder: Path, shard: str, codes: NDArray[np.int16], valid: NDArray[np.bool_]
) -> str:
    """Write the labels of one shard, whole or not at all, and return the file's SHA-256.

    Args:
        folder: the label set.
        shard: name of the tar, relative to its shard set.
        codes: ``int16 (slot, code)``, one row per owned frame in index order.
        valid: ``bool (slot,)``; False where t+H lies beyond the episode.

    Raises:
        TypeError: the codes are not int16; cast them after `require_codes_fit`.
    """
    if codes.dtype != np.int16:
        raise TypeError(
            f"codes of {shard} are {codes.dtype}, expected int16; cast them after require_codes_fit"
        )
    path = folder / sidecar(shard)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    arrays = {"codes": np.ascontiguousarray(codes), "valid": np.ascontiguousarray(valid)}
    with told_when_full(path):
        save_file(arrays, partial)
    follow_umask(partial)
    partial.replace(path)
    return digest_of_file(path)


def read_sidecar(folder: Path, shard: str) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
    """Read ``codes int16 (slot, code)`` and ``valid bool (slot,)`` of one shard.

    Raises:
        FileNotFoundError: the shard has no labels.
        ValueError: the file is damaged.
    """
    path = folder / sidecar(shard)
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing: shard {shard} has no labels; label it again")
    try:
        arrays = load_file(path)
        return arrays["codes"], arrays["valid"]
    except (SafetensorError, KeyError) as error:
        raise ValueError(f"{path} is damaged ({error}); expected `codes` and `valid`") from error
