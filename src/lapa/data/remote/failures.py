"""What may go wrong with a server: what passes is tried again, what does not is named at once."""

from __future__ import annotations

import errno
import logging
import time
from collections.abc import Callable

from lapa.folders.full_disk import FULL, DiskFullError
from lapa.params.remote import RemoteParams

LONGEST_WAIT_S = 60.0
PASSING_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})
PASSING_KINDS = frozenset(
    {
        ("aiohttp", "ClientError"),
        ("botocore", "HTTPClientError"),
        ("botocore", "IncompleteReadError"),
        ("gcsfs", "HttpError"),
    }
)
"""Library and class of what is no OSError and says that a connection ended, or a server was busy."""
LIBRARIES = frozenset({"aiohttp", "aiobotocore", "botocore", "fsspec", "gcsfs", "google", "s3fs"})
logger = logging.getLogger(__name__)


class RemoteError(OSError):
    """Something remote could not be read; the message says what, and what to do."""


class MissingRemoteError(RemoteError, FileNotFoundError):
    """Nothing is there."""


class RefusedRemoteError(RemoteError):
    """What came cannot be what was asked for, and another try would bring the same."""


class BrokenTransferError(RemoteError):
    """A transfer ended early, or what it brought is not what was promised; another try may bring it."""


class Attempts:
    """Waits longer and longer between tries that bring nothing, and gives up in the end."""

    def __init__(
        self, url: str, params: RemoteParams, *, sleep: Callable[[float], None] | None = None
    ) -> None:
        self._url, self._params = url, params
        self._sleep = time.sleep if sleep is None else sleep
        self._failed = 0
        self._furthest = 0

    def failed(self, error: Exception, *, reached: int = 0) -> None:
        """Wait before the next try.

        Args:
            error: of this try.
            reached: bytes that are there; more than ever before starts the counting anew.

        Raises:
            RemoteError: it does not pass by itself, or this was the last try.
        """
        if not passes(error):
            raise named(error, self._url) from error
        if reached > self._furthest:
            self._furthest, self._failed = reached, 0
        if self._failed >= self._params.retries:
            raise RemoteError(
                f"{self._url}: given up after {self._failed + 1} tries without a new byte, {self._furthest} bytes "
                f"are kept: {_in_words(error)}; give the same command again, or raise remote.retries or "
                "remote.timeout_s"
            ) from error
        wait = min(self._params.backoff_s * 2**self._failed, LONGEST_WAIT_S)
        self._failed += 1
        logger.warning("%s: %s; trying again in %.3g s", self._url, _in_words(error), wait)
        self._sleep(wait)


def passes(error: Exception) -> bool:
    """Tell whether a further try may succeed: a connection, a time limit, a busy server."""
    if isinstance(error, BrokenTransferError):
        return True
    if isinstance(error, (RemoteError, DiskFullError, FileNotFoundError, PermissionError)):
        return False
    status = getattr(error, "status", None)
    if isinstance(status, int):
        return status in PASSING_STATUS
    if isinstance(error, OSError):
        return error.errno not in {*FULL, errno.EACCES, errno.EROFS}
    return any((_library(kind), kind.__name__) in PASSING_KINDS for kind in type(error).__mro__)


def named(error: Exception, url: str) -> Exception:
    """The error with its URL and what to do; one of ours, or one that no server is to blame for, as it is."""
    if isinstance(error, (RemoteError, DiskFullError)) or not _of_reading(error):
        return error
    if isinstance(error, FileNotFoundError):
        return MissingRemoteError(f"{url}: nothing is there; correct the URL")
    if isinstance(error, PermissionError) or getattr(error, "status", None) in (401, 403):
        return RemoteError(
            f"{url}: the server refuses access ({_in_words(error)}); give credentials by the environment, or for a "
            "public bucket remote.anonymous=true"
        )
    return RemoteError(f"{url}: {_in_words(error)}")


def _of_reading(error: Exception) -> bool:
    return isinstance(error, OSError) or _library(type(error)) in LIBRARIES


def _library(kind: type) -> str:
    return kind.__module__.partition(".")[0]


def _in_words(error: Exception) -> str:
    status = getattr(error, "status", None)
    if isinstance(status, int):
        return f"the server answered {status} {getattr(error, 'message', '')}".rstrip()
    if isinstance(error, TimeoutError):
        return "no byte within the time limit"
    text = str(error)
    return (
        text
        if isinstance(error, RemoteError) and text
        else f"{type(error).__name__}: {text}".rstrip(": ")
    )
