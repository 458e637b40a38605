"""Mixes shard sets: no clip is copied, the record says which clips of which set, and how often."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from lapa.data.mixing.agreement import require_agreement
from lapa.data.mixing.members import MemberClips, clips_of_member
from lapa.data.mixing.shares import resolved_shares
from lapa.data.mixing.table import log_table, write_table
from lapa.params.mixture import MixedSourceParams, MixtureParams
from lapa.records import DatasetFacts, MixtureMember, ShardSet, Split, digest_of


def mix(shard_sets: Mapping[str, ShardSet], params: MixtureParams, *, out: Path) -> ShardSet:
    """Describe a mixture of shard sets and write its table.

    Args:
        shard_sets: the sets by the names of their datasets.
        params: sources, weights, filters.
        out: folder for ``mixture.csv``; the record belongs there too.

    Returns:
        The mixture, a shard set whose shards are those of its members.

    Raises:
        ValueError: a source takes no training clip, or the sets hold frames of different sizes.
    """
    out.mkdir(parents=True, exist_ok=True)
    require_agreement({source.dataset: shard_sets[source.dataset] for source in params.sources})
    taken = [clips_of_member(shard_sets[source.dataset], source) for source in params.sources]
    shares = resolved_shares(params, taken)
    members = tuple(
        _member(source, shard_sets[source.dataset], clips, share, out)
        for source, clips, share in zip(params.sources, taken, shares, strict=True)
    )
    mixture = _record(out, params, members, taken, [shard_sets[m.dataset] for m in members])
    write_table(mixture, out)
    log_table(mixture)
    return mixture


def _member(
    source: MixedSourceParams, shards: ShardSet, clips: MemberClips, share: float, out: Path
) -> MixtureMember:
    return MixtureMember(
        dataset=source.dataset,
        path=os.path.relpath(Path(shards.path).absolute(), out.absolute()),
        digest=shards.digest,
        filter=source.filter,
        max_episodes=source.max_episodes,
        weight=source.weight,
        share=share,
        episodes=clips.train.episodes,
        frames=clips.train.frames,
        hours=clips.hours,
        names=clips.names,
    )


def _record(
    out: Path,
    params: MixtureParams,
    members: tuple[MixtureMember, ...],
    taken: list[MemberClips],
    shard_sets: list[ShardSet],
) -> ShardSet:
    facts = [member.model_dump(mode="json", exclude={"path"}) for member in members]
    datasets: dict[str, DatasetFacts] = {}
    for shards, clips in zip(shard_sets, taken, strict=True):
        datasets |= {clips.names[name]: shards.datasets[name] for name in clips.used}
    return ShardSet(
        path=str(out),
        codec=shard_sets[0].codec,
        max_horizon_s=min(shards.max_horizon_s for shards in shard_sets),
        datasets=datasets,
        splits=_splits(taken),
        members=members,
        balance=params.balance,
        digest=digest_of({"balance": params.balance, "members": facts}),
    )


def _splits(taken: list[MemberClips]) -> dict[str, Split]:
    names = dict.fromkeys(name for clips in taken for name in clips.splits)
    splits = {}
    for name in names:
        parts = [clips.splits[name] for clips in taken if name in clips.splits]
        counts = sum(
            (Counter(part.model_dump(exclude={"shards"})) for part in parts), Counter[str]()
        )
        shards = tuple(shard for part in parts for shard in part.shards)
        splits[name] = Split(shards=shards, **counts)
    return splits
