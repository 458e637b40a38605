"""Re-hashes every member of a shard set against its index, and the indices against the record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from lapa.data.shards.index import read_index
from lapa.data.shards.linked import local_tar
from lapa.data.shards.verify_tar import Damage, verify_shard
from lapa.records import RECORD, MixtureMember, ShardSet, digest_of, digest_of_file


def verify(shard_set: ShardSet) -> list[Damage]:
    """Return every damage found; an empty list means each byte is the one that was written.

    The index and the tar check each other: members are hashed at their indexed places, and the
    bytes between them must be exactly the headers and padding that belong there. Where all that is
    whole, the record's digest is compared with that of the tars, so that a shard set whose files were
    exchanged for sound ones, or whose record was edited, is found too. Of a mixture every member is
    looked at.
    """
    if shard_set.members:
        return [
            damage
            for member in shard_set.members
            for damage in _verify_member_set(shard_set, member)
        ]
    damages = [damage for split in shard_set.splits for damage in _verify_split(shard_set, split)]
    return [*(damages or _verify_digest(shard_set)), *_unlisted(shard_set)]


def _verify_member_set(mixture: ShardSet, member: MixtureMember) -> Iterator[Damage]:
    folder = Path(mixture.path, member.path)
    shards = ShardSet.read(folder).model_copy(update={"path": str(folder)})
    if shards.digest != member.digest:
        reason = (
            f"its digest is {shards.digest}, the mixture was made of {member.digest}: mix again"
        )
        yield Damage(member.dataset, "", reason)
    for damage in verify(shards):
        yield replace(damage, shard=f"{member.dataset}/{damage.shard}")


def _verify_digest(shard_set: ShardSet) -> list[Damage]:
    root = Path(shard_set.path)
    names = sorted(name for split in shard_set.splits.values() for name in split.shards)
    digest = digest_of([(name, _digest_of_tar(root / name)) for name in names])
    if digest == shard_set.digest:
        return []
    reason = (
        f"its digest is {shard_set.digest}, that of its shards {digest}: whole shards were exchanged, "
        "or the record is of another set"
    )
    return [Damage(RECORD, "", reason)]


def _digest_of_tar(path: Path) -> str:
    with local_tar(path) as tar:
        return digest_of_file(tar)


def _verify_split(shard_set: ShardSet, split: str) -> Iterator[Damage]:
    clips, frames = 0, 0
    facts = shard_set.split(split)
    for name in facts.shards:
        path = Path(shard_set.path) / name
        try:
            rows = read_index(path).to_pylist()
        except (OSError, ValueError, pa.ArrowException) as error:
            yield Damage(name, "", str(error))
            continue
        clips += len(rows)
        frames += sum(row["owned_frames"] or 0 for row in rows)
        with local_tar(path) as tar:
            yield from verify_shard(tar, name, rows)
    if (clips, frames) != (facts.clips, facts.frames):
        reason = (
            f"the indices hold {clips} clips and {frames} frames, the record says {facts.clips} "
            f"and {facts.frames}"
        )
        yield Damage(split, "", reason)


def _unlisted(shard_set: ShardSet) -> Iterator[Damage]:
    root = Path(shard_set.path)
    listed = {shard for split in shard_set.splits.values() for shard in split.shards}
    for path in sorted(root.glob("*/*.tar")):
        name = path.relative_to(root).as_posix()
        if name not in listed:
            yield Damage(name, "", "not listed in the record, so nobody reads it; delete it")
