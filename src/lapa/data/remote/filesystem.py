"""The fsspec filesystem behind a URL; the libraries come with the extra `remote`."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from lapa.params.remote import RemoteParams
from lapa.refused import RefusedError


def filesystem_of(url: str, params: RemoteParams) -> Any:
    """Return the filesystem of a URL, made for this process: fsspec makes another after a fork.

    Raises:
        RefusedError: the library for this scheme is not installed.
    """
    scheme = urlsplit(url).scheme
    try:
        import fsspec  # noqa: PLC0415 (of the extra `remote`)

        return fsspec.filesystem(scheme, **_options(scheme, params))
    except ImportError as error:
        raise RefusedError(
            f"{url}: reading {scheme}:// needs libraries that are not installed ({error}): "
            "pip install 'lapa[remote]'"
        ) from error


def _options(scheme: str, params: RemoteParams) -> dict[str, Any]:
    timeout = params.timeout_s
    if scheme == "s3":
        limits = {
            "connect_timeout": timeout,
            "read_timeout": timeout,
            "retries": {"max_attempts": 1},
        }
        return {"anon": params.anonymous, "config_kwargs": limits, "use_listings_cache": False}
    if scheme == "gs":
        token = {"token": "anon"} if params.anonymous else {}
        return {**token, "requests_timeout": timeout, "use_listings_cache": False}
    import aiohttp  # noqa: PLC0415 (of the extra `remote`)

    limit = aiohttp.ClientTimeout(total=None, sock_connect=timeout, sock_read=timeout)
    return {"client_kwargs": {"timeout": limit, "trust_env": True}, "use_listings_cache": False}
