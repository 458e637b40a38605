"""Where MetaWorld or OpenGL is missing, the message says what to install."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from lapa.envs.base import open_simulator
from lapa.envs.metaworld.gl import gl_context
from lapa.envs.metaworld.installed import import_metaworld
from lapa.params.metaworld import MetaWorldParams
from lapa.refused import RefusedError


@pytest.fixture
def without_context() -> Iterator[None]:
    """A context that was made before is no answer here."""
    gl_context.cache_clear()
    yield
    gl_context.cache_clear()


def test_the_line_that_installs_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "metaworld", None)
    with pytest.raises(RefusedError, match=r"pip install 'lapa\[metaworld\]'"):
        import_metaworld()


def test_parameters_need_no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "metaworld", None)
    simulator = open_simulator(MetaWorldParams(tasks=("lever-pull-v3",)))
    assert simulator.spec.control_hz == 20.0
    with pytest.raises(RefusedError, match="needs the package metaworld"):
        simulator.reset(0)


@pytest.mark.usefixtures("without_context")
def test_without_opengl_the_system_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mujoco.egl", None)
    monkeypatch.delenv("MUJOCO_GL", raising=False)
    with pytest.raises(RefusedError, match="apt-get install libegl1 libgl1-mesa-dri"):
        gl_context()


@pytest.mark.usefixtures("without_context")
def test_osmesa_is_taken_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mujoco.osmesa", None)
    monkeypatch.setenv("MUJOCO_GL", "osmesa")
    with pytest.raises(RefusedError, match="osmesa gives no context"):
        gl_context()
