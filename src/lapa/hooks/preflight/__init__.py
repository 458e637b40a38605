"""One look at everything that can be wrong before any node runs."""

from lapa.hooks.preflight.hook import PreflightHook

__all__ = ["PreflightHook"]
