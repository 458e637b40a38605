"""A web server and a cache folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lapa.data.remote.cache import RemoteCache
from lapa.params.remote import RemoteParams
from toys.web import Web, serving

pytest.importorskip("aiohttp", reason="reading by URL needs pip install 'lapa[remote]'")


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    with serving(monkeypatch) as served:
        yield served


@pytest.fixture
def make_cache(tmp_path: Path) -> Callable[..., RemoteCache]:
    """Caches of one folder; they never wait before another try."""

    def make(**params: Any) -> RemoteCache:
        chosen = {"backoff_s": 0, "connections": 1, **params}
        return RemoteCache(tmp_path / "cache", RemoteParams(**chosen))

    return make
