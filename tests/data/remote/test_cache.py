"""What comes from a server is whole and right, or does not come: whatever the server does."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from lapa.data.remote.cache import Promise, RemoteCache
from lapa.data.remote.failures import MissingRemoteError, RefusedRemoteError, RemoteError
from lapa.data.remote.room import CacheFullError
from toys.web import Answer, Web

DATA = bytes(range(256)) * 1000
MakeCache = Callable[..., RemoteCache]


def visible(cache: RemoteCache) -> list[str]:
    """Files that somebody who looks below the cache would take for downloaded ones."""
    found = (path.relative_to(cache.folder) for path in cache.folder.rglob("*") if path.is_file())
    return sorted(str(path) for path in found if not str(path).startswith("."))


def test_a_file_lies_under_its_own_name_and_is_asked_for_once(
    web: Web, make_cache: MakeCache
) -> None:
    web.files["videos/a b.mp4"] = DATA
    cache = make_cache()
    for _ in range(2):
        with cache.fetched(web.url("videos/a%20b.mp4")) as path:
            assert path.read_bytes() == DATA
            assert path == cache.folder / f"http/127.0.0.1:{web.port}/videos/a b.mp4"
    assert web.taken.count == len(DATA)
    assert len(web.requests) == 2  # the second one learnt that nothing had changed


def test_a_changed_file_is_sent_again(web: Web, make_cache: MakeCache) -> None:
    cache = make_cache()
    for data in (DATA, DATA[:1000]):
        web.files["a"] = data
        with cache.fetched(web.url("a")) as path:
            assert path.read_bytes() == data


def test_what_keeps_its_promise_is_not_asked_for_again(web: Web, make_cache: MakeCache) -> None:
    web.files["a"] = DATA
    promise = Promise(size=len(DATA), sha256=hashlib.sha256(DATA).hexdigest())
    cache = make_cache()
    for _ in range(2):
        with cache.fetched(web.url("a"), promise):
            pass
    assert len(web.requests) == 1


def test_a_transfer_that_is_cut_off_goes_on_where_it_ended(web: Web, make_cache: MakeCache) -> None:
    web.files["a"] = DATA
    web.answers["a"] = [Answer(cut_after=1000), Answer(cut_after=2000)]
    with make_cache().fetched(web.url("a")) as path:
        assert path.read_bytes() == DATA
    assert web.ranges_of("a") == ["", "bytes=1000-", "bytes=3000-"]
    assert web.taken.count == len(DATA)


def test_tries_that_bring_bytes_are_not_counted(web: Web, make_cache: MakeCache) -> None:
    web.files["a"] = DATA
    web.answers["a"] = [Answer(cut_after=1000)] * 6
    with make_cache(retries=1).fetched(web.url("a")) as path:
        assert path.read_bytes() == DATA


def test_another_process_goes_on_with_what_came(web: Web, make_cache: MakeCache) -> None:
    web.files["a"] = DATA
    web.answers["a"] = [Answer(cut_after=1000)]
    first = make_cache(retries=0)
    with pytest.raises(RemoteError, match="1000 bytes are kept"), first.fetched(web.url("a")):
        pass
    assert visible(first) == []
    with make_cache().fetched(web.url("a")) as path:
        assert path.read_bytes() == DATA
    assert web.ranges_of("a")[-1] == "bytes=1000-"


def test_a_server_that_knows_no_parts_sends_all(web: Web, make_cache: MakeCache) -> None:
    web.files["a"] = DATA
    web.answers["a"] = [Answer(cut_after=1000), Answer(ranges=False)]
    with make_cache().fetched(web.url("a")) as path:
        assert path.read_bytes() == DATA


def test_a_part_that_nobody_names_is_not_taken(web: Web, make_cache: MakeCache) -> None:
    web.files["a"] = DATA
    web.answers["a"] = [Answer(cut_after=1000), Answer(names_part=False)]
    with make_cache().fetched(web.url("a")) as path:
        assert path.read_bytes() == DATA
    assert web.ranges_of("a") == ["", "bytes=1000-", ""]


def test_the_rest_of_another_file_is_not_put_behind(web: Web, make_cache: MakeCache) -> None:
    web.files["a"] = DATA
    web.answers["a"] = [Answer(cut_after=1000)]
    with pytest.raises(RemoteError), make_cache(retries=0).fetched(web.url("a")):
        pass
    web.files["a"] = DATA[::-1]
    with make_cache().fetched(web.url("a")) as path:
        assert path.read_bytes() == DATA[::-1]


def test_a_busy_server_is_asked_again(web: Web, make_cache: MakeCache) -> None:
    web.files["a"] = DATA
    web.answers["a"] = [Answer(status=500), Answer(status=503), Answer(status=429)]
    with make_cache(retries=3).fetched(web.url("a")) as path:
        assert path.read_bytes() == DATA
    assert len(web.requests) == 4


def test_waits_double(web: Web, make_cache: MakeCache, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("lapa.data.remote.failures.time.sleep", waits.append)
    web.files["a"] = DATA
    web.answers["a"] = [Answer(status=500)] * 9
    with pytest.raises(RemoteError, match="given up after 9 tries") as told:
        make_cache(retries=8, backoff_s=1).bring(web.url("a"))
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    assert "500" in str(told.value)


@pytest.mark.parametrize(("status", "said"), [(404, "nothing is there"), (403, "refuses access")])
def test_what_does_not_pass_is_named_at_once(
    web: Web, make_cache: MakeCache, status: int, said: str
) -> None:
    web.files["a"] = DATA
    web.answers["a"] = [Answer(status=status)]
    with pytest.raises(RemoteError, match=said):
        make_cache().bring(web.url("a"))
    assert len(web.requests) == 1


def test_nothing_at_a_url_is_a_missing_file(web: Web, make_cache: MakeCache) -> None:
    with pytest.raises(MissingRemoteError, match=r"a\.mp4"):
        make_cache().bring(web.url("a.mp4"))


def test_a_server_that_falls_silent_is_left(web: Web, make_cache: MakeCache) -> None:
    web.files["a"] = DATA
    web.answers["a"] = [Answer(stops_after=1000)]
    with make_cache(timeout_s=0.3, retries=50).fetched(web.url("a")) as path:
        assert path.read_bytes() == DATA
    assert len(web.requests) >= 2


def test_an_answer_without_an_end_is_bounded(web: Web, make_cache: MakeCache) -> None:
    web.files["a"] = DATA
    web.answers["a"] = [Answer(endless=True)]
    cache = make_cache(cache_bytes=5 << 20)
    with pytest.raises(CacheFullError, match="cache_bytes"):
        cache.bring(web.url("a"))
    assert visible(cache) == []
    kept = sum(path.stat().st_size for path in cache.folder.rglob("*"))
    assert kept < 6 << 20


def test_a_length_that_nobody_tells_is_taken_as_it_comes(web: Web, make_cache: MakeCache) -> None:
    web.files["a"] = DATA
    web.answers["a"] = [Answer(length=False)]
    with make_cache().fetched(web.url("a")) as path:
        assert path.read_bytes() == DATA


def test_another_size_than_promised_is_refused_before_it_is_sent(
    web: Web, make_cache: MakeCache
) -> None:
    web.files["a"] = DATA
    with pytest.raises(RefusedRemoteError, match=f"{len(DATA)} bytes, expected 7"):
        make_cache().bring(web.url("a"), Promise(size=7))
    assert web.taken.count == 0


def test_other_bytes_than_promised_are_never_visible(web: Web, make_cache: MakeCache) -> None:
    web.files["a"] = DATA
    cache = make_cache(retries=1)
    with pytest.raises(RemoteError, match="SHA-256"):
        cache.bring(web.url("a"), Promise(sha256="0" * 64))
    assert visible(cache) == []
    assert len(web.requests) == 2


def test_a_file_that_somebody_changed_is_sent_again(web: Web, make_cache: MakeCache) -> None:
    web.files["a"] = DATA
    cache = make_cache()
    with cache.fetched(web.url("a")) as path:
        path.write_bytes(b"cut")
    with cache.fetched(web.url("a")) as again:
        assert again.read_bytes() == DATA


def test_a_full_disk_is_named(
    web: Web, make_cache: MakeCache, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    web.files["a"] = DATA

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("lapa.data.remote.transfer.os.fsync", full)
    with pytest.raises(OSError, match="free space"):
        make_cache().bring(web.url("a"))
    assert len(web.requests) == 1


def test_a_file_of_the_same_size_that_keeps_another_promise_is_replaced(
    web: Web, make_cache: MakeCache
) -> None:
    cache = make_cache()
    for data in (DATA, DATA[::-1]):
        web.files["a"] = data
        promise = Promise(size=len(data), sha256=hashlib.sha256(data).hexdigest())
        assert cache.bring(web.url("a"), promise).read_bytes() == data
    assert len(web.requests) == 2


def test_a_file_that_came_without_a_promise_is_looked_at_once(
    web: Web, make_cache: MakeCache
) -> None:
    web.files["a"] = DATA
    looked: list[Path] = []
    promise = Promise(check=looked.append, checks_for="index")
    cache = make_cache()
    cache.bring(web.url("a"))
    for _ in range(2):
        cache.bring(web.url("a"), promise)
    assert len(looked) == len(web.requests) == 1
