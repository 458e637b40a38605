"""Models that a test asks questions."""

from __future__ import annotations

import pytest

from toys.three_models import ThreeModels, three_models


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> ThreeModels:
    """All in one temporary folder; nothing writes there."""
    return three_models(tmp_path_factory.mktemp("inference"))
