"""Object stores: a real client against a server of S3 on this machine; of Google's, what can be said without one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lapa.data.remote.body import Body
from lapa.data.remote.cache import RemoteCache
from lapa.data.remote.failures import BrokenTransferError, MissingRemoteError, RemoteError
from lapa.data.remote.source import fetched_source

MakeCache = Callable[..., RemoteCache]
DATA = bytes(range(256)) * 100


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    pytest.importorskip("s3fs", reason="reading s3:// needs pip install 'lapa[remote]'")
    moto = pytest.importorskip(
        "moto.server", reason="a server of S3 needs pip install 'moto[s3,server]'"
    )
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    files = s3fs.S3FileSystem()
    files.makedirs("videos", exist_ok=True)
    yield files
    s3fs.S3FileSystem.clear_instance_cache()
    server.stop()


def test_a_folder_comes_and_is_asked_for_once(bucket: Any, make_cache: MakeCache) -> None:
    bucket.pipe({"videos/set/a b.mp4": DATA, "videos/set/deep/c": b"c", "videos/settle": b"d"})
    bucket.pipe_file("videos/set/", b"")  # how consoles mark a folder
    for _ in range(2):
        with fetched_source("s3://videos/set", make_cache()) as folder:
            found = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
            assert found == {"a b.mp4", "deep/c"}
            assert (folder / "a b.mp4").read_bytes() == DATA


def test_a_changed_object_is_sent_again(bucket: Any, make_cache: MakeCache) -> None:
    cache = make_cache()
    for data in (DATA, DATA[::-1]):
        bucket.pipe_file("videos/a", data)
        assert cache.bring("s3://videos/a").read_bytes() == data


def test_a_transfer_goes_on_where_it_ended(
    bucket: Any, make_cache: MakeCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.pipe_file("videos/a", DATA)
    starts: list[int] = []
    read = Body.read

    def cut(body: Body, count: int) -> bytes:
        starts.append(body.start)
        if len(starts) == 2:
            raise BrokenTransferError("cut off")
        return read(body, 1000)

    monkeypatch.setattr(Body, "read", cut)
    path = make_cache().bring("s3://videos/a")
    assert hashlib.sha256(path.read_bytes()).digest() == hashlib.sha256(DATA).digest()
    assert set(starts) == {0, 1000}


def test_nothing_there_is_said(bucket: Any, make_cache: MakeCache) -> None:
    with pytest.raises(MissingRemoteError, match="s3://videos/nowhere"):
        make_cache().bring("s3://videos/nowhere")
    with pytest.raises(RemoteError), fetched_source("s3://nowhere/at-all/", make_cache(retries=0)):
        pass
