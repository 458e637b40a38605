"""Several trainings one after the other on the same ranks: starting processes is what takes time."""

from __future__ import annotations

from typing import Any

from lapa.training.foundation import fit


def fit_all(trainings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each entry holds the keyword arguments of one `fit`; every rank runs all of them."""
    return [fit(**arguments) for arguments in trainings]
