"""Fixtures that every test folder shares."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("DO_NOT_TRACK", "1")


@pytest.fixture(autouse=True, scope="session")
def _one_torch_thread() -> None:
    """Tiny models spend longer on waking threads than on arithmetic."""
    import torch

    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Folder with the real recordings (``data/``) and the original's fixtures (``golden/``)."""
    root = os.environ.get("LAPA_REFERENCE_DATA", "")
    if not root or not Path(root, "data").is_dir():
        pytest.skip(
            f"LAPA_REFERENCE_DATA is {root!r}; set it to the folder that holds data/ and golden/"
        )
    return Path(root)
