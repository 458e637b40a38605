"""Nodes of the ingestion pipeline: raw episodes in, clip shards and their mixture out."""

from __future__ import annotations

from pathlib import Path

from lapa.data.ingest import ingest
from lapa.data.mixing.mix import mix
from lapa.data.remote.cache import RemoteCache
from lapa.data.shards.contact_sheet import save_contact_sheet
from lapa.data.shards.linked import link_shard_set
from lapa.datasets.shard_set import CONTACT_SHEET
from lapa.envs.record import record_episodes as record
from lapa.params.envs import RecordParams
from lapa.params.ingestion import IngestionParams, SourceParams
from lapa.params.mixture import SHARDS, DatasetParams, MixtureParams
from lapa.params.remote import RemoteParams
from lapa.pipelines.stage import stage
from lapa.records import RawEpisodes, ShardSet


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
    source: SourceParams = dataset
    if raw is not None:
        source = dataset.model_copy(update={"kind": raw.kind, "path": raw.path})
    out = folder / "shards"
    kept = RemoteCache(cache, remote) if cache and remote else None
    if kept and dataset.kind == SHARDS:
        shards = link_shard_set(dataset.path, out, kept)
    else:
        shards = ingest(sources=[source], params=dataset.ingestion(ingestion), out=out, cache=kept)
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
