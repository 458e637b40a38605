"""What is known of the sources of an experiment: their shard sets where they exist, else what is published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from lapa.data.mixing.members import clips_of_member
from lapa.data.mixing.shares import resolved_shares
from lapa.data.shards.clip_table import load_clip_table
from lapa.data.shards.pair_index import select_pairs
from lapa.data.shards.summary import find_shard_set
from lapa.params.mixture import DatasetParams, DatasetsParams, MixedSourceParams, MixtureParams
from lapa.planning.data_size import DataSize
from lapa.records import RECORD, PairSpec, ShardSet

FolderOf = Callable[[str], Path | None]
"""Name of a dataset -> where its shard set is or would be; None where no catalog says."""


@dataclass(frozen=True)
class Sizes:
    """Sources of a mixture."""

    known: tuple[DataSize, ...]
    unknown: tuple[str, ...]
    """Sources of which neither shards nor published figures exist; the shares are those of the others."""

    def pairs(self, spec: PairSpec) -> int | None:
        """Pairs of all sources; None where a source is unknown."""
        if self.unknown or not self.known:
            return None
        return sum(size.pairs(spec.horizon_s) for size in self.known)


def sizes_of(
    datasets: DatasetsParams, mixture: MixtureParams, spec: PairSpec, folder_of: FolderOf
) -> Sizes:
    """Look up every source of a mixture and resolve the shares."""
    by_name = {
        source.dataset: size_of(source, datasets.root.get(source.dataset), spec, folder_of)
        for source in mixture.sources
    }
    sized = [source for source in mixture.sources if by_name[source.dataset]]
    known = [size for size in by_name.values() if size]
    shares = resolved_shares(mixture.model_copy(update={"sources": tuple(sized)}), known)
    unknown = tuple(name for name, size in by_name.items() if size is None)
    return Sizes(
        tuple(replace(size, share=s) for size, s in zip(known, shares, strict=True)), unknown
    )


def size_of(
    source: MixedSourceParams, dataset: DatasetParams | None, spec: PairSpec, folder_of: FolderOf
) -> DataSize | None:
    """One source; None where nothing is known of it.

    Raises:
        ValueError: its shard set is damaged, or a filter leaves nothing of it.
    """
    folder = folder_of(source.dataset)
    if folder and (folder / RECORD).is_file():
        return _of_shards(find_shard_set(folder), source, spec)
    if dataset is None or dataset.published is None:
        return None
    said = dataset.published
    limits = [said.episodes, *filter(None, (dataset.max_episodes, source.max_episodes))]
    episodes = min(limits)
    return DataSize(
        name=source.dataset,
        origin="published",
        episodes=episodes,
        frames=round(said.frames * episodes / said.episodes),
        fps=said.fps,
        weight=source.weight,
    )


def _of_shards(shards: ShardSet, source: MixedSourceParams, spec: PairSpec) -> DataSize:
    clips = clips_of_member(shards, source)
    facts = max(shards.datasets.values(), key=lambda held: held.episodes)
    size = DataSize(
        name=source.dataset,
        origin="shards",
        episodes=clips.train.episodes,
        frames=clips.train.frames,
        fps=facts.fps,
        weight=source.weight,
        image_size=shards.image_size,
        num_shards=len(clips.train.shards),
    )
    whole = clips.train.frames == shards.split("train").frames
    return _counted(size, shards, spec) if whole else size


def _counted(size: DataSize, shards: ShardSet, spec: PairSpec) -> DataSize:
    """Count by the index what `DataSize` would estimate."""
    table = load_clip_table(shards, "train")
    _, counts = select_pairs(table, spec)
    return replace(size, counted_pairs=counts["pairs"], counted_short=counts["short_episodes"])
