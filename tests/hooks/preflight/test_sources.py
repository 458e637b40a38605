"""A source at a URL is looked at before anything runs, as far as that goes without its server."""

from __future__ import annotations

import pytest

from lapa.hooks.preflight.sources import require_sources
from lapa.params.mixture import DatasetParams
from lapa.refused import RefusedError

pytest.importorskip("aiohttp", reason="reading by URL needs pip install 'lapa[remote]'")


def refused(kind: str, path: str) -> str:
    with pytest.raises(RefusedError) as told:
        require_sources({"params:datasets.far": DatasetParams(kind=kind, path=path)})
    return str(told.value)


@pytest.mark.parametrize("kind", ["rlds", "shards"])
def test_a_url_is_no_path_that_must_exist(kind: str) -> None:
    require_sources({"params:datasets.far": DatasetParams(kind=kind, path="https://host/set")})


def test_what_can_be_known_to_be_wrong_is_said_at_once() -> None:
    assert "ftp://host/set' is no URL" in refused("rlds", "ftp://host/set")
    assert "no source kind 'rldz'" in refused("rldz", "https://host/set")


def test_a_missing_library_is_said_before_anything_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(scheme: str, **options: object) -> None:
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr("fsspec.filesystem", missing)
    assert "pip install 'lapa[remote]'" in refused("rlds", "s3://bucket/set")
