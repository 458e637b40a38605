"""Another process that uses what a URL brought into the cache; a module of its own, for a fresh process imports it."""

from __future__ import annotations

from multiprocessing.synchronize import Event
from pathlib import Path

from lapa.data.remote.cache import RemoteCache
from lapa.params.remote import RemoteParams


def hold(folder: Path, url: str, params: RemoteParams, held: Event, done: Event) -> None:
    """Use it until ``done`` is set, for a minute at most."""
    with RemoteCache(folder, params).in_use(url):
        held.set()
        done.wait(60)
