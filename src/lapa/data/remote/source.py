"""A source by URL, a file or a whole folder, as a path on this machine for as long as it is read."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from lapa.data.remote.cache import RemoteCache
from lapa.data.remote.listing import is_folder, list_files
from lapa.data.remote.urls import place_of, require_url

logger = logging.getLogger(__name__)


@contextmanager
def fetched_source(url: str, cache: RemoteCache) -> Iterator[Path]:
    """Give the path of a source; files that have not changed on the server are not sent again.

    A folder that was interrupted goes on with what is missing. Names are those of the server, so an adapter
    finds what it would find beside it.

    Args:
        url: of a file or a folder.
        cache: where it lies; it must hold the whole source at once.

    Raises:
        RemoteError: it does not come, or does not fit.
        SettingsError: no URL that we read.
    """
    root = require_url(url)
    if not is_folder(url, cache.params):
        with cache.fetched(root) as path:
            yield path
        return
    with cache.in_use(root) as folder:
        files = list_files(root, cache.params)
        logger.info("%s: %d files, kept in %s", url, len(files), cache.folder / place_of(root))
        cache.keep_only(root, set(files))
        with ThreadPoolExecutor(cache.params.connections) as connections:
            for _ in connections.map(cache.bring, files.values()):
                pass
        yield folder
