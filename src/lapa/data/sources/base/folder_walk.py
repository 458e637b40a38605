"""All folders of a source in natural order: links followed once, hidden twins and loops left out.

Data sets are put together from linked folders on a cluster, and archives made on other systems bring
files that are nobody's recording (``._name`` twins, ``__MACOSX``, ``Thumbs.db``). Linked folders are
walked; one that leads back to where it lies, or to what was walked already, is not, so no loop and no
second reading. A linked file is read as the file it leads to: a link is the decision of whoever has
the folder, and what it leads to must still be a recording. Everything left out is counted.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lapa.data.bad_input import BadInputError, OnBad, naming
from lapa.data.left_out import leave_out
from lapa.data.sources.base.natural_order import natural_key

SYSTEM_NAMES: Final = frozenset(
    [
        "__macosx",
        "@eadir",
        "#recycle",
        "$recycle.bin",
        "lost+found",
        "__pycache__",
        "thumbs.db",
        "ehthumbs.db",
        "desktop.ini",
    ]
) | {"system volume information"}
"""Folders and files that systems leave behind; besides them, all names with a dot in front."""


@dataclass(frozen=True)
class Folder:
    """One folder below the root of a source."""

    relative: str
    """Path below the root, with ``/``; empty for the root itself."""
    names: list[str]
    """Its files in natural order, hidden ones left out."""
    has_links: bool
    """Whether one of them is a link."""
    is_empty: bool
    """Nothing at all lies in it, hidden or not."""

    def below(self, name: str) -> str:
        """Path of one of its files below the root."""
        return f"{self.relative}/{name}" if self.relative else name


@dataclass
class _FolderEntries:
    files: list[os.DirEntry[str]] = field(default_factory=list)
    folders: list[os.DirEntry[str]] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    is_empty: bool = True


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name is nobody's recording."""
    return name.startswith(".") or name.lower() in SYSTEM_NAMES


def walk_folders(root: Path, *, source: str, report: OnBad) -> Iterator[Folder]:
    """Yield every folder at and below ``root`` in natural order, each real one once.

    Args:
        root: where to begin.
        source: dataset name for the report.
        report: receives folders that cannot be listed, and counts what is left out.
    """
    seen: set[tuple[int, int]] = set()
    todo = [""]
    while todo:
        relative = todo.pop()
        path = os.path.join(root, relative)
        try:
            with naming(source, relative or str(root)):
                listing = _list(path)
                children = [_joined(relative, name) for name in _to_walk(root, path, listing, seen)]
        except BadInputError as error:
            report(error.record)
            continue
        leave_out(report, source, listing.left_out)
        yield Folder(
            relative,
            sorted((entry.name for entry in listing.files), key=natural_key),
            any(entry.is_symlink() for entry in listing.files),
            listing.is_empty,
        )
        todo += sorted(children, key=natural_key, reverse=True)


def _joined(relative: str, name: str) -> str:
    return f"{relative}/{name}" if relative else name


def _list(path: str) -> _FolderEntries:
    listing = _FolderEntries()
    with os.scandir(path) as entries:
        for entry in entries:
            listing.is_empty = False
            if is_hidden(entry.name):
                listing.left_out["hidden or left by a system"] += 1
            elif _is_folder(entry):
                listing.folders.append(entry)
            elif os.path.isfile(entry.path) or not os.path.exists(entry.path):
                listing.files.append(entry)  # a broken link is named when it is read
            else:
                listing.left_out[f"neither file nor folder: {entry.name}"] += 1
    return listing


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _to_walk(
    root: Path, path: str, listing: _FolderEntries, seen: set[tuple[int, int]]
) -> Iterator[str]:
    """Yield the sub-folders to walk; the others are counted in ``listing.left_out``."""
    here = os.stat(path)
    seen.add((here.st_dev, here.st_ino))
    for entry in sorted(listing.folders, key=lambda entry: natural_key(entry.name)):
        status = entry.stat()
        if entry.is_symlink() and _leads_back(entry.path, root, path):
            listing.left_out[f"link that leads back to a folder above it: {entry.name}"] += 1
        elif (status.st_dev, status.st_ino) in seen:
            listing.left_out[f"folder read already under another name: {entry.name}"] += 1
        else:
            seen.add((status.st_dev, status.st_ino))
            yield entry.name


def _leads_back(link: str, root: Path, folder: str) -> bool:
    """Whether a link leads to a folder that holds the source, or the link itself."""
    target = os.path.realpath(link)
    holds = (os.path.realpath(place) for place in (root, folder))
    return any(os.path.commonpath([target, place]) == target for place in holds)


def suffix_of(path: str) -> str:
    """Return the suffix of a path in lower case, with its dot; empty where there is none."""
    return os.path.splitext(path)[1].lower()


def by_suffix(paths: Iterable[str]) -> Counter[str]:
    """Count files by suffix, as the report names them."""
    return Counter(f"suffix {suffix}" if (suffix := suffix_of(p)) else "no suffix" for p in paths)


def files_below(root: Path, *, source: str, report: OnBad) -> list[str]:
    """Return the paths of all files below ``root`` that are not hidden, in natural order."""
    return _files_and_links(root, source, report)[0]


def _files_and_links(root: Path, source: str, report: OnBad) -> tuple[list[str], bool]:
    """Return the paths below ``root``, and whether some are links.

    Strings, because a folder may hold a million files and a `Path` takes ten times the memory.
    """
    paths: list[str] = []
    has_links = False
    for folder in walk_folders(root, source=source, report=report):
        paths += [folder.below(name) for name in folder.names]
        has_links |= folder.has_links
    return sorted(paths, key=natural_key), has_links


def recordings_below(
    root: Path, suffixes: frozenset[str], *, source: str, report: OnBad
) -> list[str]:
    """Return the paths below ``root`` with one of ``suffixes`` (lower case), in natural order.

    Of several names of one real file the first counts, names that are no link before those that are.
    Files with other suffixes are counted.
    """
    paths, has_links = _files_and_links(root, source, report)
    recordings = [path for path in paths if suffix_of(path) in suffixes]
    others = by_suffix(path for path in paths if suffix_of(path) not in suffixes)
    kept = _once(root, recordings) if has_links else recordings
    if len(kept) < len(recordings):
        others["link to a file that is read already"] = len(recordings) - len(kept)
    leave_out(report, source, others)
    return kept


def _once(root: Path, paths: list[str]) -> list[str]:
    first: dict[str, str] = {}
    for path in sorted(paths, key=lambda path: os.path.islink(root / path)):
        first.setdefault(os.path.realpath(root / path), path)
    kept = set(first.values())
    return [path for path in paths if path in kept]
