"""Where a source lies on this machine while it is read: where it is, or in a cache of what is remote."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lapa.data.bad_input import SettingsError
from lapa.data.remote.cache import RemoteCache
from lapa.data.remote.source import fetched_source
from lapa.params.ingestion import SourceParams


@contextmanager
def place_of_source(source: SourceParams, cache: RemoteCache | None) -> Iterator[Path]:
    """Give the path of a source, which stays there until the block ends.

    Raises:
        SettingsError: it is a URL, and there is no cache, or it is none that we read.
        RemoteError: it does not come.
    """
    if not source.is_remote:
        yield Path(source.path)
        return
    if cache is None:
        raise SettingsError(
            f"{source.path} is a URL, but no folder is given that it could come into; give a cache "
            "(`lapa ingest --cache FOLDER`)"
        )
    with fetched_source(source.path, cache) as path:
        yield path
