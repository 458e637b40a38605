"""Names inside a shard: which keys and members a clip shard may hold."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from lapa.records import MixtureMember

MEMBERS = ("json", "frames", "actions.npy", "states.npy")
"""Everything a clip may consist of, in the order it is written."""

COLUMNS = {member: member.split(".")[0] for member in MEMBERS}
"""How the index calls each member: ``actions`` for ``actions.npy``."""
BLOCK = 512
"""Bytes of a tar header, and what contents are padded to."""

_NAME = re.compile(r"(?P<key>[A-Za-z0-9_-]+)\.(?P<member>[a-z.]+)")
_WHOLE_KEY = r"\A[A-Za-z0-9_-]+\z"
_SHARD = re.compile(r"[A-Za-z0-9_-]+/[A-Za-z0-9_-]+\.tar")


class UnsafeMemberError(ValueError):
    """A tar member that no clip shard holds: a path, a pickle, a pipe."""


def split_name(name: str, *, shard: str) -> tuple[str, str]:
    """Split a tar member's name into ``(key, member)``.

    Raises:
        UnsafeMemberError: the key holds other characters than ``[A-Za-z0-9_-]`` (so no path can
            escape) or the suffix is not on the allow-list (so nothing is ever unpickled or piped).
    """
    match = _NAME.fullmatch(name)
    if match is None or match["member"] not in MEMBERS:
        raise UnsafeMemberError(
            f"{shard}: refused the member {name!r}; expected <key>.<suffix> with a key of "
            f"[A-Za-z0-9_-] and a suffix among {', '.join(MEMBERS)}; this is no clip shard of ours"
        )
    return match["key"], match["member"]


def require_shard_name(name: str, *, members: Sequence[MixtureMember] = ()) -> str:
    """Return the name of a tar inside a shard set, e.g. ``train/000012.tar``.

    Args:
        name: as a record says.
        members: of a mixture: the name then begins with that of one of them.

    Raises:
        UnsafeMemberError: it is a command (``pipe:``), an address, or leads out of the folder.
    """
    member, _, inside = name.partition("/") if members else ("", "", name)
    known = not members or member in {part.dataset for part in members}
    if not (known and _SHARD.fullmatch(inside)):
        raise UnsafeMemberError(
            f"refused the shard name {name!r}; expected <split>/<name>.tar of [A-Za-z0-9_-], a file "
            "inside the shard set's folder; this record was not written by ingestion"
        )
    return name


def require_keys(keys: pa.ChunkedArray, *, shard: str) -> None:
    """Refuse clip keys that could not be file names.

    Raises:
        UnsafeMemberError: a key holds other characters than ``[A-Za-z0-9_-]``.
    """
    fits = pc.fill_null(pc.match_substring_regex(keys, _WHOLE_KEY), False)
    for key in keys.filter(pc.invert(fits)).to_pylist():
        split_name(f"{key}.json", shard=shard)  # says what is wrong


def slug(text: str) -> str:
    """Replace everything but ``[A-Za-z0-9-]`` by a dash, for use in a key."""
    return re.sub(r"[^A-Za-z0-9-]+", "-", text).strip("-") or "x"
