"""Which files lie below the URL of a folder, as an object store or the page of a web server lists them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from lapa.data.remote.body import opened
from lapa.data.remote.failures import Attempts, MissingRemoteError, RefusedRemoteError
from lapa.data.remote.filesystem import filesystem_of
from lapa.data.remote.urls import is_web, require_name, require_url
from lapa.params.remote import RemoteParams

MAX_DEPTH = 16
MAX_PAGE = 16 << 20
"""Bytes of an index page: about a hundred thousand names."""
Answer = TypeVar("Answer")


def is_folder(url: str, params: RemoteParams) -> bool:
    """Tell whether a URL is that of a folder: it ends with a slash, or a server lists it.

    Raises:
        RemoteError: nothing is there, or the server does not answer.
    """
    if url.endswith("/"):
        return True
    if is_web(url):
        return links_of(url, params) is not None
    facts: dict[str, Any] = tried(url, params, lambda: filesystem_of(url, params).info(url))
    return bool(facts["type"] == "directory")


def list_files(url: str, params: RemoteParams) -> dict[str, str]:
    """Return relative name -> URL of every file below a folder, in order of names.

    Raises:
        RemoteError: nothing is there, too much is there, or the server does not answer or lists nothing.
        SettingsError: a name that the server gives leads out of the folder.
    """
    root = require_url(url)
    found: dict[str, str] = {}
    for name, address in (_of_web if is_web(root) else _of_store)(root, params):
        found[name] = address
        if len(found) > params.max_files:
            raise RefusedRemoteError(
                f"{url} lists more than {params.max_files} files; give a folder further below, or raise "
                "remote.max_files"
            )
    if not found:
        raise MissingRemoteError(
            f"{url}: the server lists no file there; expected a folder with an index page, or give the URL of a file"
        )
    return dict(sorted(found.items()))


def _of_store(root: str, params: RemoteParams) -> Iterator[tuple[str, str]]:
    files = filesystem_of(root, params)
    scheme = urlsplit(root).scheme
    prefix = root.partition("://")[2]
    for path in tried(root, params, lambda: files.find(root)):
        name = path.removeprefix(f"{prefix}/")
        if name and name != path and not name.endswith("/"):  # not the mark of a folder
            for part in name.split("/"):
                require_name(part, url=root)
            yield name, f"{scheme}://{path}"


def _of_web(root: str, params: RemoteParams) -> Iterator[tuple[str, str]]:
    waiting = [("", f"{root}/")]
    while waiting:
        before, folder = waiting.pop()
        for link in links_of(folder, params) or ():
            name = require_name(unquote(link.removesuffix("/")), url=folder)
            if not link.endswith("/"):
                yield f"{before}{name}", f"{folder}{link}"
            elif before.count("/") < MAX_DEPTH:
                waiting.append((f"{before}{name}/", f"{folder}{link}"))


def links_of(url: str, params: RemoteParams) -> list[str] | None:
    """Own names that the index page of a folder links to, as written in URLs; None where it is no page.

    Raises:
        RemoteError: nothing is there, the server does not answer, or the page has no end.
    """
    page = tried(url, params, lambda: _text_of(url, params))
    if page is None:
        return None
    links = _Links()
    links.feed(page)
    folder = f"{url.rstrip('/')}/"
    own = {link.removeprefix(folder).removeprefix(urlsplit(folder).path) for link in links.found}
    # a page also links to itself in other orders, to folders above and to other sites
    return sorted(link for link in own if _is_own(link))


def _is_own(link: str) -> bool:
    return (
        bool(link.strip("/.")) and not any(sign in link for sign in "?#:") and "/" not in link[:-1]
    )


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where an anchor leads."""
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]


def _text_of(url: str, params: RemoteParams) -> str | None:
    with opened(url, params) as body:
        if body.media != "text/html":
            return None
        data = b""
        while more := body.read(MAX_PAGE):
            data += more
            if len(data) > MAX_PAGE:
                raise RefusedRemoteError(f"{url}: its index page has more than {MAX_PAGE} bytes")
    return data.decode(errors="replace")


def tried(url: str, params: RemoteParams, ask: Callable[[], Answer]) -> Answer:
    """Ask a server, again where that may help.

    Raises:
        RemoteError: it does not help.
    """
    attempts = Attempts(url, params)
    while True:
        try:
            return ask()
        except Exception as error:
            attempts.failed(error)
