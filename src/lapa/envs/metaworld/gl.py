"""OpenGL without a screen: one context a process, and what to do where there is none."""

from __future__ import annotations

import atexit
import os
from functools import cache
from importlib import import_module
from typing import Any

from lapa.refused import RefusedError

PLATFORM = "MUJOCO_GL"
"""Environment variable of MuJoCo; only ``osmesa`` is heeded, anything else is EGL."""


@cache
def gl_context() -> Any:
    """Make an OpenGL context of this process the current one, on a GPU or, by Mesa, on the CPU.

    MuJoCo's own choice is not asked: without ``MUJOCO_GL`` it would open a window.

    Raises:
        RefusedError: there is no EGL (or OSMesa) that gives one.
    """
    platform = "osmesa" if os.environ.get(PLATFORM, "").lower() == "osmesa" else "egl"
    try:
        context = import_module(f"mujoco.{platform}").GLContext(64, 64)
        context.make_current()
    except (ImportError, AttributeError, OSError, RuntimeError) as error:
        raise RefusedError(
            f"the simulator `metaworld` draws by OpenGL, and {platform} gives no context ({error}); on Debian or "
            f"Ubuntu: apt-get install libegl1 libgl1-mesa-dri, or libosmesa6 with {PLATFORM}=osmesa"
        ) from error
    atexit.register(context.free)
    return context
