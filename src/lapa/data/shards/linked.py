"""A shard set whose tars stay on a server: record and indices lie here, tars come into a cache when they are read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import pyarrow as pa

from lapa.data.remote.cache import Promise, RemoteCache
from lapa.data.remote.failures import BrokenTransferError, MissingRemoteError, RefusedRemoteError
from lapa.data.remote.urls import below, require_url
from lapa.data.shards.index import index_path, read_index
from lapa.data.shards.layout import BLOCK, COLUMNS, require_shard_name
from lapa.data.shards.verify_tar import verify_shard
from lapa.folders.whole_file import write_whole
from lapa.params.base import Params
from lapa.params.remote import RemoteParams
from lapa.records import RECORD, ShardSet, digest_of_file

LINK = "link.json"
"""Beside the record: where the tars are."""
FURTHER = ("ingestion_report.json",)
"""Files of a shard set that are taken along where they are there."""


class Link(Params):
    """Where the tars of a shard set are, and how they come."""

    url: str
    """Of the shard set's folder."""
    cache: str
    """Cache folder that they come into; of the project that the set lies in, if it is no absolute path."""
    remote: RemoteParams

    def opened_cache(self, folder: Path) -> RemoteCache:
        """The cache of this machine.

        Args:
            folder: of the shard set, wherever its project lies by now.
        """
        around = (parent / self.cache for parent in folder.absolute().parents)
        found = next((cache for cache in around if cache.is_dir()), Path(self.cache))
        return RemoteCache(found, self.remote)


def link_shard_set(url: str, out: Path, cache: RemoteCache) -> ShardSet:
    """Bring record and indices of a shard set at a URL into ``out``, with a link to its tars.

    The set is the very one that lies there: same digest, same names.

    Args:
        url: of the folder that holds ``record.json``; nothing needs to list it.
        out: folder to fill.
        cache: where tars will come.

    Raises:
        RemoteError: no shard set is there, it does not come, or it is a mixture, which holds no tars.
        ValueError: its record or an index is damaged.
    """
    root = require_url(url)
    out.mkdir(parents=True, exist_ok=True)
    _take(root, RECORD, out, cache)
    shards = ShardSet.read(out)
    if shards.members:
        raise RefusedRemoteError(
            f"{url} is a mixture, expected a shard set: give the sets that it mixes, and mix them"
        )
    for name in FURTHER:
        try:
            _take(root, name, out, cache)
        except MissingRemoteError:
            continue
    names = [require_shard_name(name) for split in shards.splits.values() for name in split.shards]
    indices = [index_path(Path(name)).as_posix() for name in names]
    with ThreadPoolExecutor(cache.params.connections) as connections:
        for _ in connections.map(partial(_take, root, out=out, cache=cache), indices):
            pass
    link = Link(url=root, cache=_movable(cache.folder), remote=cache.params)
    write_whole(out / LINK, link.model_dump_json(indent=2) + "\n")
    return shards.model_copy(update={"path": str(out)})


def _movable(folder: Path) -> str:
    """A folder of this project as it is called in it; others where they are."""
    place, project = folder.absolute(), Path.cwd()
    return str(place.relative_to(project) if place.is_relative_to(project) else place)


def _take(root: str, name: str, out: Path, cache: RemoteCache) -> None:
    with cache.fetched(below(root, name)) as path:
        (out / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(path, out / name)


def link_of(shard: Path) -> Link | None:
    """The link of the set that a tar belongs to; None where it lies here, or nowhere."""
    path = _folder_of(shard) / LINK
    return Link.model_validate_json(path.read_text()) if path.is_file() else None


def _folder_of(shard: Path) -> Path:
    return shard.parent.parent


def is_at_hand(shard: Path) -> bool:
    """Tell whether a tar can be read, here or from a server."""
    return shard.is_file() or (_folder_of(shard) / LINK).is_file()


def size_of_tar(shard: Path, table: pa.Table) -> int:
    """Bytes of a tar; of one on a server what its index, ``table``, expects: no other is accepted."""
    return shard.stat().st_size if shard.is_file() else expected_size(table)


def expected_size(table: pa.Table) -> int:
    """Bytes of a tar by its index."""
    ends = [0]
    for member in COLUMNS.values():
        offsets, sizes = (table[f"{member}_{field}"].to_numpy() for field in ("offset", "size"))
        ends += (offsets + sizes + -sizes % BLOCK)[sizes > 0].tolist()
    return max(ends) + 2 * BLOCK


@contextmanager
def local_tar(shard: Path) -> Iterator[Path]:
    """Give the path of a tar on this machine, which stays there until the block ends.

    One that comes from a server is compared with its index, member by member, before anybody sees it.

    Raises:
        RemoteError: it does not come, or is not the one of the index.
    """
    link = None if shard.is_file() else link_of(shard)
    if link is None:
        yield shard
        return
    folder = _folder_of(shard)
    name = shard.relative_to(folder).as_posix()
    sizes = [f"{member}_{field}" for member in COLUMNS.values() for field in ("offset", "size")]
    size = expected_size(read_index(shard, columns=sizes))
    promise = Promise(
        size=size,
        check=partial(_require_sound, shard, name),
        checks_for=digest_of_file(index_path(shard)),
    )
    with link.opened_cache(folder).fetched(below(link.url, name), promise) as path:
        yield path


def _require_sound(shard: Path, name: str, arrived: Path) -> None:
    damages = list(verify_shard(arrived, name, read_index(shard).to_pylist()))
    if damages:
        raise BrokenTransferError(f"{damages[0]}, as its index expects it ({len(damages)} damages)")


class OpenTar:
    """A tar that is open for reading; while it is, nobody removes it from a cache."""

    def __init__(self, shard: Path) -> None:
        with ExitStack() as held:
            path = held.enter_context(local_tar(shard))
            self.descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            held.callback(os.close, self.descriptor)
            self._held = held.pop_all()

    def close(self) -> None:
        """Give it back."""
        self._held.close()
