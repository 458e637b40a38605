"""What happens to a recording that cannot be used: a named error or a counted skip.

The protocol between adapters and ingestion:

* Whatever finds a problem raises `BadInputError`, holding one `BadRecord` (which source,
  which item, which reason, what exactly was found and expected).
* An adapter is a generator of episodes with the keyword ``report: OnBad = raise_bad``. A
  problem that spoils **one** episode (or one file) is caught inside the adapter, handed to
  ``report`` and, when ``report`` returns, the adapter goes on with the next one. `read_each` is that loop.
* ``report`` decides: `raise_bad` (policy ``raise``) raises at once; `BadInputs` (policy
  ``skip``) collects, so that the ingestion report can list every skip. `reporter_of` chooses.
* What only shows while frames are decoded is raised by `Episode.frames` as `BadInputError`;
  whoever decodes hands ``error.record`` to the same ``report``.
* What nobody foresaw (a parser's own exception, a recursion limit, memory) becomes a `BadInputError`
  with the original as its cause, in `naming`, `read_each` and `read_through`: one bad item never ends
  a run under ``skip``, and under ``raise`` the whole chain is seen.
* Asking a source for something it cannot be asked (`SettingsError`) is not the data's fault and stops
  the run under either policy.

Code that does not know its source (an image decoder) leaves both names empty; `naming` fills them in.
"""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Literal, TypeVar

from lapa.data.episode import Again, Episode
from lapa.data.visible_text import visible

Item = TypeVar("Item")
Read = TypeVar("Read")

OnBadSample = Literal["raise", "skip"]
"""Policy: stop at the first bad recording, or count it and go on."""


@dataclass(frozen=True)
class BadRecord:
    """One recording, file or record that cannot be used; JSON-able by `dataclasses.asdict`."""

    source: str
    """Dataset name, as `Episode.source`."""
    item: str
    """File, record number or episode id: enough to find it again."""
    reason: str
    """A short slug to count by, e.g. ``truncated_video``."""
    detail: str
    """The value found, the value expected, what to do."""

    def __post_init__(self) -> None:
        """Names and texts that are not Unicode are made printable."""
        for part in fields(self):
            object.__setattr__(self, part.name, visible(getattr(self, part.name)))


class SettingsError(ValueError):
    """A source was asked for something that it cannot be asked for, whatever its data."""


class MissingSourceError(SettingsError, FileNotFoundError):
    """There is nothing at the path of a source, or at one of its options."""


class BadInputError(ValueError):
    """A recording cannot be used; ``record`` says which and why."""

    def __init__(self, record: BadRecord) -> None:
        super().__init__(record)
        self.record = record

    def __str__(self) -> str:
        where = ": ".join(part for part in (self.record.source, self.record.item) if part)
        return f"{where or 'input'}: {self.record.reason}: {self.record.detail}"


OnBad = Callable[[BadRecord], None]
"""Receives each bad record; raises or returns."""


def require_path(path: Path, *, expected: str) -> None:
    """Refuse a source that is not there, before anything is read.

    Raises:
        MissingSourceError: nothing is at ``path``; other troubles with it are those of its data.
    """
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise MissingSourceError(f"{path} does not exist; expected {expected}") from error


def raise_bad(record: BadRecord) -> None:
    """Stop at the first bad record (policy ``raise``).

    Raises:
        BadInputError: always.
    """
    raise BadInputError(record)


@dataclass
class BadInputs:
    """Collects bad records and lets reading go on (policy ``skip``)."""

    records: list[BadRecord] = field(default_factory=list)
    left_out: dict[str, Counter[str]] = field(default_factory=dict)
    """What was no recording at all, see `lapa.data.left_out`."""

    def __call__(self, record: BadRecord) -> None:
        """Keep ``record`` and return, so that reading goes on."""
        self.records.append(record)

    def counts(self) -> dict[str, int]:
        """Return how many records were skipped, per reason."""
        return dict(sorted(Counter(record.reason for record in self.records).items()))


def reporter_of(policy: OnBadSample) -> OnBad:
    """Return what an adapter calls with a bad record under ``policy``.

    Raises:
        ValueError: ``policy`` is neither ``raise`` nor ``skip``.
    """
    if policy not in ("raise", "skip"):
        raise ValueError(f"on_bad_sample is {policy!r}, expected 'raise' or 'skip'")
    return raise_bad if policy == "raise" else BadInputs()


def bad(reason: str, detail: str, *, source: str = "", item: str = "") -> BadInputError:
    """Return the error to raise for one bad input."""
    return BadInputError(BadRecord(source, item, reason, detail))


def bad_episode(episode: Episode, reason: str, detail: str) -> BadInputError:
    """Return the error to raise for an episode that cannot be used."""
    return bad(reason, detail, source=episode.source, item=episode.episode_id)


def unexpected(error: Exception, *, source: str = "", item: str = "") -> BadInputError:
    """Return the error to raise for an exception that no reader foresaw.

    Its reason is ``unreadable_file`` where the operating system refused, else ``adapter_error``; the
    detail names the exception and the line of lapa that met it.
    """
    reason = "unreadable_file" if isinstance(error, OSError) else "adapter_error"
    own = [f for f in traceback.extract_tb(error.__traceback__) if "lapa" in Path(f.filename).parts]
    place = f" ({Path(own[-1].filename).name}, line {own[-1].lineno})" if own else ""
    return bad(reason, f"{type(error).__name__}: {error}{place}", source=source, item=item)


@contextmanager
def naming(source: str, item: str) -> Iterator[None]:
    """Name the source and item of bad input found inside, where nothing deeper named them.

    Raises:
        BadInputError: also for every other exception inside, see `unexpected`.
        SettingsError: as it is.
    """
    try:
        yield
    except BadInputError as error:
        record = error.record
        named = replace(record, source=record.source or source, item=record.item or item)
        raise BadInputError(named) from error
    except SettingsError:
        raise
    except Exception as error:
        raise unexpected(error, source=source, item=item) from error


def read_each(items: Iterable[Item], read: Callable[[Item], Read], report: OnBad) -> Iterator[Read]:
    """Yield ``read(item)`` for every item; bad ones go to ``report`` and the rest is still read.

    An `Episode` leaves with `Episode.again`, so that ingestion reads single items later on.
    """
    for item in items:
        try:
            with naming("", _name_of(item)):
                episode = read(item)
        except BadInputError as error:
            report(error.record)
            continue
        yield _repeatable(episode, read, item)


def _repeatable(episode: Read, read: Callable[[Item], Read], item: Item) -> Read:
    if isinstance(episode, Episode) and episode.again is None:
        return replace(episode, again=Again(read, item))
    return episode


def read_through(
    items: Iterable[Read], report: OnBad, *, source: str = "", item: str = ""
) -> Iterator[Read]:
    """Yield ``items``; an exception ends them, and goes to ``report`` under the names given."""
    try:
        with naming(source, item):
            yield from items
    except BadInputError as error:
        report(error.record)


def _name_of(item: object) -> str:
    """What to call an item whose reader did not name it."""
    first = item[0] if isinstance(item, tuple) and item else item
    return str(first) if isinstance(first, str | Path) else type(first).__name__
