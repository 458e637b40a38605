"""Which texts are URLs that we read, and where a URL lies below a cache folder: under the same names."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from lapa.data.bad_input import SettingsError

SCHEMES = ("http", "https", "s3", "gs")
WEB = ("http", "https")


def require_url(url: str) -> str:
    """Return a URL without a slash at its end.

    Raises:
        SettingsError: another scheme, no host, a query, a login, or a name that leads out of its folder.
    """
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES or not parts.netloc:
        known = ", ".join(f"{scheme}://" for scheme in SCHEMES)
        raise SettingsError(
            f"{url!r} is no URL that can be read, expected one of {known} with a host"
        )
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise SettingsError(
            f"URL of {parts.netloc.rpartition('@')[2]}{parts.path} holds a query, a fragment or a login, expected "
            "none: give credentials by the environment (AWS_*, GOOGLE_APPLICATION_CREDENTIALS, ~/.netrc)"
        )
    for name in _names(parts.path):
        require_name(name, url=url)
    return url.rstrip("/")


def require_name(name: str, *, url: str) -> str:
    """Return a file's or folder's own name, as a server gives it.

    Raises:
        SettingsError: it is a path, or cannot be a name on a disk.
    """
    if name in ("", ".", "..") or "/" in name or "\0" in name or len(name.encode()) > 255:
        raise SettingsError(
            f"{url}: {name!r} is no name of a file, expected one without `/` or `..`"
        )
    return name


def is_web(url: str) -> bool:
    """Tell whether a web server answers, which knows no listing of its own."""
    return urlsplit(url).scheme in WEB


def below(url: str, name: str) -> str:
    """The URL of a file below a folder's, its relative name as on a disk."""
    return f"{url.rstrip('/')}/{quote(name) if is_web(url) else name}"


def place_of(url: str) -> PurePosixPath:
    """Where a URL lies below the cache folder: ``https/host/folder/file``."""
    parts = urlsplit(require_url(url))
    names = _names(parts.path) if is_web(url) else [n for n in parts.path.split("/") if n]
    return PurePosixPath(parts.scheme, parts.netloc, *names)


def _names(path: str) -> list[str]:
    return [unquote(name) for name in path.split("/") if name]
