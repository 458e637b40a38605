"""What a stage was asked to do: digests of the artefacts it got, values of its parameters.

The same facts name a stage's scratch folder and lie beside its artefact, so that a later run can
say what has changed since.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel

NOT_DECIDING = frozenset(
    {
        "num_threads",
        "num_workers",
        "workers",
        "log_every",
        "checkpoint_every",
        "checkpoints",
        "cache",
    }
)
"""Parameters that cannot change a result, by field name, at any depth: how fast, how often it is told, where what
can be made again is kept."""


NOT_ASKED = frozenset({"cache", "remote", "remote_cache", "params:remote"})
"""Inputs of a node, as arguments and as datasets, that cannot either: where what is read by URL is kept, how it comes."""


class Difference(NamedTuple):
    """One fact that is not what it was."""

    name: str
    """Dotted, e.g. ``laq.trainer.max_steps``, or the name of an artefact."""
    before: Any
    now: Any

    def __str__(self) -> str:
        return f"{self.name} was {_short(self.before)}, is {_short(self.now)}"


def asked_of(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of a stage's inputs by name, JSON-able: everything that decides the result."""
    return {name: fact_of(value) for name, value in inputs.items() if name not in NOT_ASKED}


def fact_of(value: Any) -> Any:
    """The digest of an artefact's record; the values of anything else, less `NOT_DECIDING`."""
    if digest := getattr(value, "digest", None):
        return digest
    return _deciding(value.model_dump(mode="json") if isinstance(value, BaseModel) else value)


def _deciding(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _deciding(held) for key, held in value.items() if key not in NOT_DECIDING}
    if isinstance(value, (list, tuple)):
        return [_deciding(held) for held in value]
    return value


def differences(before: Any, now: Any, name: str = "") -> Iterator[Difference]:
    """Yield what differs, as deep as both sides have the same names.

    A name that one side lacks is no difference: another version of the code did not have it.
    """
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for key in before:
            if key in now:
                yield from differences(before[key], now[key], f"{name}.{key}" if name else key)
    elif before != now:
        yield Difference(name, before, now)


def _short(value: Any) -> str:
    """A digest by its first letters, a list by its first entries."""
    text = str(value)
    if isinstance(value, str) and len(text) == _DIGEST_LETTERS:
        return text[:12]
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


_DIGEST_LETTERS = 64
_LONGEST = 60
