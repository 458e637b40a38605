"""One Slurm for all tests of this folder, and checkouts to submit from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from toys.slurm import TOLD, Cluster, checkout_in, why_no_slurm


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    if reason := why_no_slurm():
        pytest.skip(reason)
    running = Cluster(tmp_path_factory.mktemp("slurm"))
    yield running
    running.stop()


@pytest.fixture
def told_checkout(tmp_path: Path) -> Path:
    """Its `kedro` tells its arguments in the file `calls`, a line each, and succeeds."""
    return checkout_in(tmp_path, kedro=TOLD)
