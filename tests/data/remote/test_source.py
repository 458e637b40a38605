"""A folder on a server becomes a folder here, with the same names; it goes on where it was interrupted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lapa.data.bad_input import SettingsError
from lapa.data.remote.cache import RemoteCache
from lapa.data.remote.failures import MissingRemoteError, RemoteError
from lapa.data.remote.source import fetched_source
from toys.web import Answer, Web

MakeCache = Callable[..., RemoteCache]
FILES = {"a.mp4": b"a" * 10, "more/b c.mp4": b"b" * 20, "more/deep/ü.txt": b"c"}


def names_below(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.fixture
def folder(web: Web) -> str:
    web.files |= {f"videos/{name}": data for name, data in FILES.items()} | {"other.mp4": b"x"}
    return web.url("videos")


@pytest.mark.parametrize("connections", [1, 4])
@pytest.mark.parametrize("slash", ["", "/"])
def test_all_files_come_and_no_others(
    folder: str, make_cache: MakeCache, slash: str, connections: int
) -> None:
    cache = make_cache(connections=connections)
    with fetched_source(folder + slash, cache) as path:
        assert names_below(path) == FILES
        assert path.name == "videos"


def test_a_single_file_is_a_source(web: Web, folder: str, make_cache: MakeCache) -> None:
    with fetched_source(f"{folder}/a.mp4", make_cache()) as path:
        assert path.read_bytes() == FILES["a.mp4"]


def test_an_interrupted_folder_goes_on(web: Web, folder: str, make_cache: MakeCache) -> None:
    web.answers["videos/more/b c.mp4"] = [Answer(status=500)]
    with pytest.raises(RemoteError, match="b%20c"), fetched_source(folder, make_cache(retries=0)):
        pass
    with fetched_source(folder, make_cache()) as path:
        assert names_below(path) == FILES
    assert web.taken.count == sum(map(len, FILES.values())) + pages(web)


def pages(web: Web) -> int:
    """Bytes of the index pages that were read."""
    from toys.web import listing

    read = [path for path, _ in web.requests if path not in web.files]
    return sum(len(listing(web.files, path)) for path in read)


def test_what_the_server_has_no_more_goes(web: Web, folder: str, make_cache: MakeCache) -> None:
    with fetched_source(folder, make_cache()):
        pass
    del web.files["videos/a.mp4"]
    with fetched_source(folder, make_cache()) as path:
        assert "a.mp4" not in names_below(path)


def test_too_many_files_are_refused(folder: str, make_cache: MakeCache) -> None:
    with (
        pytest.raises(RemoteError, match="more than 2 files"),
        fetched_source(folder, make_cache(max_files=2)),
    ):
        pass


def test_nothing_there_is_said(web: Web, make_cache: MakeCache) -> None:
    with pytest.raises(MissingRemoteError), fetched_source(web.url("nowhere/"), make_cache()):
        pass


def test_a_page_without_an_end_is_refused(
    web: Web, folder: str, make_cache: MakeCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lapa.data.remote.listing.MAX_PAGE", 50)
    with (
        pytest.raises(RemoteError, match="index page has more than 50 bytes"),
        fetched_source(folder, make_cache()),
    ):
        pass


@pytest.mark.parametrize("name", ["..%2f..%2fetc%2fpasswd", "%2e%2e", "a%00b"])
def test_names_that_lead_out_are_refused(
    web: Web, folder: str, make_cache: MakeCache, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = f'<a href="{name}">x</a>'.encode()
    monkeypatch.setattr("toys.web.listing", lambda files, path: page)
    with (
        pytest.raises(SettingsError, match="no name of a file"),
        fetched_source(folder, make_cache()),
    ):
        pass
