"""Parameters of what is read by URL: how much is kept, how long is waited, how often is tried again."""

from __future__ import annotations

from pydantic import Field

from lapa.params.base import Params


def is_url(path: str) -> bool:
    """Tell whether the path of a source is that of something remote, by how it begins."""
    return "://" in path


class RemoteParams(Params):
    """Recordings and shard sets at `https://`, `s3://` and `gs://`; decides no result."""

    cache_bytes: int = Field(default=100 << 30, gt=0)
    """Bytes that the cache folder may hold; what was used least recently goes first, never what is in use."""
    retries: int = Field(default=5, ge=0)
    """Tries after the first one that bring no new byte, before a transfer is given up."""
    backoff_s: float = Field(default=1.0, ge=0)
    """Seconds before the first further try; doubled with each one, up to a minute."""
    timeout_s: float = Field(default=60.0, gt=0)
    """Seconds without a byte, or without a connection, after which a try has failed."""
    connections: int = Field(default=4, gt=0)
    """Files of one folder that are downloaded at a time."""
    max_files: int = Field(default=100_000, gt=0)
    """Files below one URL at most; a server may list without an end."""
    anonymous: bool = False
    """Ask object stores without credentials, as public buckets allow."""
