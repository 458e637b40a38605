"""Nodes of the ingestion pipeline: raw episodes in, clip shards and their mixture out."""

from __future__ import annotations

from pathlib import Path

from lapa.data.ingest import ingest
from lapa.data.ingest_parts import ingest_part, merge_parts
from lapa.data.mixing.mix import mix
from lapa.data.remote.cache import RemoteCache
from lapa.data.shards.contact_sheet import save_contact_sheet
from lapa.data.shards.linked import link_shard_set
from lapa.datasets.shard_set import CONTACT_SHEET
from lapa.envs.record import record_episodes as record
from lapa.params.array_part import ArrayPart
from lapa.params.envs import RecordParams
from lapa.params.ingestion import IngestionParams, SourceParams
from lapa.params.mixture import SHARDS, DatasetParams, MixtureParams
from lapa.params.remote import RemoteParams
from lapa.pipelines.stage import stage
from lapa.records import MadePart, MadeParts, RawEpisodes, ShardSet


@stage("recording")
def record_episodes(recording: RecordParams, folder: Path) -> RawEpisodes:
    """Let the scripted expert demonstrate in the simulator."""
    return record(folder / "episodes", recording)


@stage("shards")
def write_shards(  # noqa: PLR0917 - Kedro hands inputs over by position
    dataset: DatasetParams,
    ingestion: IngestionParams,
    folder: Path,
    remote: RemoteParams | None = None,
    cache: Path | None = None,
    raw: RawEpisodes | None = None,
) -> ShardSet:
    """Turn one dataset into a shard set; a simulated one is what was recorded, one by URL comes into the cache."""
    out, kept = folder / "shards", _cache(remote, cache)
    if kept and dataset.kind == SHARDS:
        shards = link_shard_set(dataset.path, out, kept)
    else:
        settings = dataset.ingestion(ingestion)
        shards = ingest(sources=[_source(dataset, raw)], params=settings, out=out, cache=kept)
    save_contact_sheet(shards, out / CONTACT_SHEET)
    return shards


@stage("shards_part")
def write_shards_part(  # noqa: PLR0917 - Kedro hands inputs over by position
    dataset: DatasetParams,
    ingestion: IngestionParams,
    part: str,
    folder: Path,
    remote: RemoteParams | None = None,
    cache: Path | None = None,
    raw: RawEpisodes | None = None,
) -> MadePart:
    """Turn one part of a dataset into shards: ``part`` says which, ``3/64``."""
    return ingest_part(
        sources=[_source(dataset, raw)],
        params=dataset.ingestion(ingestion),
        part=ArrayPart.of_text(part),
        out=folder / "part",
        cache=_cache(remote, cache),
    )


@stage("shards")
def merge_shards(  # noqa: PLR0917 - Kedro hands inputs over by position
    dataset: DatasetParams,
    ingestion: IngestionParams,
    parts: MadeParts,
    folder: Path,
    remote: RemoteParams | None = None,
    cache: Path | None = None,
    raw: RawEpisodes | None = None,
) -> ShardSet:
    """Join the parts of a dataset to the shard set that `write_shards` would make."""
    out = folder / "shards"
    settings = dataset.ingestion(ingestion)
    shards = merge_parts(
        sources=[_source(dataset, raw)],
        params=settings,
        parts=parts,
        out=out,
        cache=_cache(remote, cache),
    )
    save_contact_sheet(shards, out / CONTACT_SHEET)
    return shards


@stage("mixture")
def mix_shards(mixture: MixtureParams, folder: Path, **shard_sets: ShardSet) -> ShardSet:
    """Resolve what is watched: which clips of which dataset, and how often each is drawn.

    Args:
        mixture: parameters.
        folder: scratch folder.
        shard_sets: of every dataset ``<dataset>.clip_shards``.
    """
    named = {name.partition(".")[0]: shards for name, shards in shard_sets.items()}
    out = folder / "mixture"
    mixed = mix(named, mixture, out=out)
    save_contact_sheet(mixed, out / CONTACT_SHEET)
    return mixed


def _source(dataset: DatasetParams, raw: RawEpisodes | None) -> SourceParams:
    if raw is None:
        return dataset
    return dataset.model_copy(update={"kind": raw.kind, "path": raw.path})


def _cache(remote: RemoteParams | None, folder: Path | None) -> RemoteCache | None:
    return RemoteCache(folder, remote) if folder and remote else None
