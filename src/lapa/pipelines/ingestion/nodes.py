"""Nodes of the ingestion pipeline: raw episodes in, clip shards out."""

from __future__ import annotations

from lapa.data.ingest import ingest
from lapa.data.shards.contact_sheet import save_contact_sheet
from lapa.datasets.shard_set import CONTACT_SHEET
from lapa.inference.record_episodes import record_episodes as record
from lapa.params.ingestion import IngestionParams, SourceParams
from lapa.params.tabletop import RecordParams
from lapa.pipelines.stage import as_arguments
from lapa.records import RawEpisodes, ShardSet
from lapa.scratch import stage_folder


def record_episodes(recording: RecordParams, work: str) -> RawEpisodes:
    """Let the scripted expert demonstrate in the simulator; none if `num_episodes` is 0."""
    folder = stage_folder(work, "recording", as_arguments(recording=recording))
    return record(folder / "episodes", recording)


def write_shards(raw: RawEpisodes, ingestion: IngestionParams, work: str) -> ShardSet:
    """Turn the recorded episodes and every configured source into one shard set."""
    recorded = [SourceParams(kind=raw.kind, path=raw.path, name=raw.kind)] if raw.episodes else []
    folder = stage_folder(work, "shards", [raw.digest, as_arguments(ingestion=ingestion)])
    out = folder / "shards"
    shards = ingest(sources=[*recorded, *ingestion.sources], params=ingestion, out=out)
    save_contact_sheet(shards, out / CONTACT_SHEET)
    return shards
