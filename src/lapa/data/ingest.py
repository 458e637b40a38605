"""Raw sources in, one complete shard set out: resumable, parallel, and the same bytes every time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lapa.data.ingestion.content import EmptyResultError, require_content
from lapa.data.ingestion.finish import REPORT, finish_set, finished_set
from lapa.data.ingestion.inputs import Input, inputs_of
from lapa.data.ingestion.planned import plan_ingestion
from lapa.data.ingestion.unfinished import drop_work, write_planned
from lapa.data.remote.cache import RemoteCache
from lapa.folders.lock import output_lock
from lapa.params.ingestion import IngestionParams, SourceParams
from lapa.records import ShardSet

__all__ = ["REPORT", "ingest", "ingest_inputs"]


def ingest(
    *,
    sources: Sequence[SourceParams],
    params: IngestionParams,
    out: Path,
    cache: RemoteCache | None = None,
) -> ShardSet:
    """Write the clip shards of some sources and return their record.

    A run that was killed continues where it stopped; its output is byte-equal to that of an
    undisturbed run, whatever `IngestionParams.workers`. ``record.json`` is written last.

    Args:
        sources: what to read; an adapter's ``report`` argument is filled in here.
        params: how to cut, compress and split.
        out: the shard set's folder.
        cache: what sources at a URL come into; they stay there while they are read.

    Raises:
        RemoteError: a source at a URL does not come.
        EmptyResultError: a source, or a split that was asked for, has nothing usable (a
            ValueError), unless ``allow_empty``.
        BadInputError: a bad item, under ``on_bad_sample: raise``.
        OutputLockedError: another process writes ``out``.
        FileExistsError: ``out`` holds a complete shard set of other content.
    """
    with inputs_of(sources, cache) as inputs:
        return ingest_inputs(inputs, params=params, out=out)


def ingest_inputs(inputs: Sequence[Input], *, params: IngestionParams, out: Path) -> ShardSet:
    """Do what `ingest` does, for sources that are opened by given functions."""
    out.mkdir(parents=True, exist_ok=True)
    with output_lock(out):
        planned = plan_ingestion(inputs, params)
        if finished := finished_set(out, planned):
            return finished
        planned.log()
        results = write_planned(planned, out, planned.tasks())
        try:
            require_content(planned.splits, results, params)
        except EmptyResultError:
            drop_work(out)  # the bad recordings may be mended before the next try
            raise
        return finish_set(out, planned, results)
