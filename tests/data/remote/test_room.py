"""A cache of bounded size: the least recently used goes first, never what is in use, here or in another process."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable

import pytest

from lapa.data.remote.cache import RemoteCache
from lapa.data.remote.failures import RemoteError
from lapa.data.remote.room import LEASES, CacheFullError
from toys.held_url import hold
from toys.web import Answer, Web

MakeCache = Callable[..., RemoteCache]


@pytest.fixture
def cache(web: Web, make_cache: MakeCache) -> RemoteCache:
    """Room for three of the files."""
    web.files |= {name: bytes(1000) for name in "abcd"}
    return make_cache(cache_bytes=3500)


def there(cache: RemoteCache, web: Web) -> str:
    folder = cache.folder / f"http/127.0.0.1:{web.port}"
    return "".join(sorted(path.name for path in folder.iterdir()))


def bring(cache: RemoteCache, web: Web, names: str) -> None:
    for age, name in enumerate(names):
        path = cache.bring(web.url(name))
        assert path.stat().st_size == 1000
        for facts in (cache.folder / ".facts").iterdir():
            if f'/{name}"' in facts.read_text():
                os.utime(facts, (age, age))


def test_the_least_recently_used_goes_first(cache: RemoteCache, web: Web) -> None:
    bring(cache, web, "abca")
    cache.bring(web.url("d"))
    assert there(cache, web) == "acd"


def test_what_is_in_use_stays(cache: RemoteCache, web: Web) -> None:
    bring(cache, web, "abc")
    with cache.fetched(web.url("a")), cache.in_use(web.url("b")):
        cache.bring(web.url("d"))
        assert there(cache, web) == "abd"
    cache.bring(web.url("c"))
    assert len(there(cache, web)) == 3


def test_all_below_a_folder_in_use_stays(cache: RemoteCache, web: Web) -> None:
    bring(cache, web, "abc")
    with (
        cache.in_use(web.url()),
        pytest.raises(CacheFullError, match=r"3500 bytes and 3000 are in use"),
    ):
        cache.bring(web.url("d"))
    assert there(cache, web) == "abc"


def test_a_file_larger_than_the_cache_is_refused_before_it_is_sent(
    cache: RemoteCache, web: Web
) -> None:
    web.files["big"] = bytes(4000)
    with pytest.raises(CacheFullError, match="4000 more are needed"):
        cache.bring(web.url("big"))
    assert web.taken.count == 0


def test_nobody_leaves_a_lease_behind(cache: RemoteCache, web: Web) -> None:
    with cache.fetched(web.url("a")):
        assert len(list((cache.folder / LEASES).iterdir())) == 1
    assert not list((cache.folder / LEASES).iterdir())


def test_what_a_broken_transfer_left_goes_when_room_is_needed(cache: RemoteCache, web: Web) -> None:
    web.files["e"] = bytes(3000)
    web.answers["e"] = [Answer(cut_after=500)]
    with pytest.raises(RemoteError):
        RemoteCache(cache.folder, cache.params.model_copy(update={"retries": 0})).bring(
            web.url("e")
        )
    bring(cache, web, "ab")
    assert not list((cache.folder / ".partial").glob("*.part"))
    assert there(cache, web) == "ab"


def test_accounts_agree_with_what_is_there(cache: RemoteCache, web: Web) -> None:
    bring(cache, web, "abcdab")
    assert int((cache.folder / ".usage").read_text()) == 3000
    web.files["b"] = bytes(400)
    cache.bring(web.url("b"))
    assert int((cache.folder / ".usage").read_text()) == 2400
    web.files["b"] = bytes(1000)
    cache.bring(web.url("b"))
    (cache.folder / ".usage").unlink()  # as after a power cut
    bring(cache, web, "c")
    assert len(there(cache, web)) == 3


def test_what_another_process_uses_stays_until_it_ends(cache: RemoteCache, web: Web) -> None:
    bring(cache, web, "abc")
    context = multiprocessing.get_context("spawn")
    held, done = context.Event(), context.Event()
    arguments = (cache.folder, web.url("a"), cache.params, held, done)
    other = context.Process(target=hold, args=arguments)
    other.start()
    assert held.wait(60)
    cache.bring(web.url("d"))
    assert there(cache, web) == "acd"
    other.kill()
    other.join()
    cache.bring(web.url("b"))
    assert there(cache, web) == "bcd"
