"""Which URLs are read, and where they lie."""

from __future__ import annotations

import pytest

from lapa.data.bad_input import SettingsError
from lapa.data.remote.filesystem import filesystem_of
from lapa.data.remote.urls import below, place_of, require_url
from lapa.params.remote import RemoteParams, is_url
from lapa.refused import RefusedError


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://host/a/b%20c.mp4", "https/host/a/b c.mp4"),
        ("s3://bucket/a/b%20c.mp4", "s3/bucket/a/b%20c.mp4"),
        ("gs://bucket/set/", "gs/bucket/set"),
        ("http://127.0.0.1:80/", "http/127.0.0.1:80"),
    ],
)
def test_a_url_lies_under_its_own_names(url: str, place: str) -> None:
    assert str(place_of(url)) == place


@pytest.mark.parametrize(
    "url",
    [
        "ftp://host/a",
        "file:///etc/passwd",
        "https:///a",
        "https://host/a?token=1",
        "https://me:secret@host/a",
        "https://host/a/%2e%2e/b",
        "https://host/a%2fb",
        "s3://bucket/../b",
    ],
)
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="expected") as told:
        require_url(url)
    assert "secret" not in str(told.value)


def test_names_below_a_url_are_quoted_for_the_web_alone() -> None:
    assert below("https://host/a/", "b c.mp4") == "https://host/a/b%20c.mp4"
    assert below("s3://bucket/a", "b c.mp4") == "s3://bucket/a/b c.mp4"


@pytest.mark.parametrize(("path", "remote"), [("data/raw", False), ("gs://x", True), ("$A", False)])
def test_a_path_is_no_url(path: str, *, remote: bool) -> None:
    assert is_url(path) == remote


@pytest.mark.parametrize("scheme", ["https", "s3", "gs"])
def test_a_missing_library_names_the_extra(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(scheme: str, **options: object) -> None:
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr("fsspec.filesystem", missing)
    with pytest.raises(RefusedError, match=r"pip install 'lapa\[remote\]'"):
        filesystem_of(f"{scheme}://host/a", RemoteParams())
