"""Nodes of the ingestion pipeline: raw episodes in, clip shards out."""

from __future__ import annotations

from pathlib import Path

from lapa.data.ingest import ingest
from lapa.data.shards.contact_sheet import save_contact_sheet
from lapa.datasets.shard_set import CONTACT_SHEET
from lapa.envs.record import record_episodes as record
from lapa.params.envs import RecordParams
from lapa.params.ingestion import IngestionParams, SourceParams
from lapa.pipelines.stage import stage
from lapa.records import RawEpisodes, ShardSet


@stage("recording")
def record_episodes(recording: RecordParams, folder: Path) -> RawEpisodes:
    """Let the scripted expert demonstrate in the simulator; none if `num_episodes` is 0."""
    return record(folder / "episodes", recording)


@stage("shards")
def write_shards(raw: RawEpisodes, ingestion: IngestionParams, folder: Path) -> ShardSet:
    """Turn the recorded episodes and every configured source into one shard set."""
    recorded = [SourceParams(kind=raw.kind, path=raw.path)] if raw.episodes else []
    out = folder / "shards"
    shards = ingest(sources=[*recorded, *ingestion.sources], params=ingestion, out=out)
    save_contact_sheet(shards, out / CONTACT_SHEET)
    return shards
