"""From the name of a kind of source to its episodes; an adapter is imported only when asked for."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from lapa.data.bad_input import OnBad, SettingsError, raise_bad, read_through
from lapa.data.episode import Episode
from lapa.data.sources.base.action_width import split_by_width
from lapa.data.sources.base.checked import checked
from lapa.data.sources.base.named_settings import known_names
from lapa.data.sources.base.printable import printable
from lapa.data.sources.together import open_together
from lapa.params.kinds import import_named

KINDS_FILE: Final = Path(__file__).parent / "kinds.yml"


def open_source(
    kind: str, path: str | Path, *, report: OnBad = raise_bad, **options: Any
) -> Iterator[Episode]:
    """Yield the episodes of a source, lazily and in a fixed order.

    Args:
        kind: a name in ``kinds.yml``, or ``package.module:function`` of an adapter of your own.
        path: file or folder the adapter reads.
        report: receives each bad record; raises (the default) or returns to go on.
        options: the adapter's own, see its docstring. Where it has ``camera``, a list of names puts their
            pictures together (`lapa.data.sources.together`).

    Raises:
        SettingsError: no such kind, option or path; the message lists those that exist.
        BadInputError: from ``report``, for anything that cannot be used: nothing else comes out of an
            adapter, whatever happens inside it.
    """
    adapter = adapter_of(kind)
    _require_options(kind, adapter, options)

    guarded = read_through(_episodes(adapter, Path(path), report, options), report, item=str(path))
    sound = checked(printable(guarded), report=report)
    # a name that was asked for stays; ingestion splits by width all the same
    return sound if options.get("name") else split_by_width(sound)


def _episodes(
    adapter: Callable[..., Iterator[Episode]], path: Path, report: OnBad, options: Mapping[str, Any]
) -> Iterator[Episode]:
    """Read a source; several cameras asked for are opened one by one and put together."""
    cameras = options.get("camera")
    if not isinstance(cameras, list | tuple):
        yield from adapter(path, report=report, **options)
        return

    def through(camera: str) -> Iterator[Episode]:
        own = adapter(path, report=report, **{**options, "camera": camera})
        return read_through(own, report, item=f"{path}, camera {camera}")

    yield from open_together(through, cameras, report)


def _require_options(kind: str, adapter: Callable[..., Any], options: Mapping[str, Any]) -> None:
    """Refuse a misspelt option, and ask for a missing one, before anything is read."""
    signature = inspect.signature(adapter)
    try:
        signature.bind(Path(), report=raise_bad, **options)
    except TypeError as error:
        known = [name for name in list(signature.parameters)[1:] if name != "report"]
        raise SettingsError(
            f"source kind {kind!r}: {error}; its options: {', '.join(known)}"
        ) from error


def source_kinds() -> dict[str, str]:
    """Return the built-in kinds with the ``module:function`` behind each."""
    kinds: dict[str, str] = yaml.safe_load(KINDS_FILE.read_text())
    return kinds


def adapter_of(kind: str) -> Callable[..., Iterator[Episode]]:
    """Import the adapter function behind ``kind``.

    Raises:
        SettingsError: no such kind, or the path leads nowhere.
    """
    kinds = source_kinds()
    target = kinds.get(kind, kind)
    if ":" not in target:
        raise SettingsError(f"no source kind {kind!r}; {known_names(kind, list(kinds))}")
    try:
        adapter: Callable[..., Iterator[Episode]] = import_named(target)
    except ValueError as error:
        raise SettingsError(f"source kind {kind!r}: {error}") from error
    return adapter
