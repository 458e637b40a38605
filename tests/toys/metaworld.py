"""Tests that play MetaWorld are skipped where it, or OpenGL, is missing; the reason says what to install."""

from __future__ import annotations

import pytest

from lapa.envs.metaworld.gl import gl_context
from lapa.envs.metaworld.installed import import_metaworld
from lapa.refused import RefusedError


def require_metaworld() -> None:
    """Skip the calling test unless MetaWorld can be played and drawn."""
    try:
        import_metaworld()
        gl_context()
    except RefusedError as error:
        pytest.skip(error.message)
