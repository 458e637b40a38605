"""Raw sources in, one complete shard set out: resumable, parallel, and the same bytes every time."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from lapa.data.bad_input import OnBad, reporter_of
from lapa.data.episode import Episode
from lapa.data.ingestion.content import (
    EmptyResultError,
    require_content,
    require_sources,
    require_splits,
    skips_of,
)
from lapa.data.ingestion.horizon import short_recordings, splits_without_pairs
from lapa.data.ingestion.inputs import Input
from lapa.data.ingestion.listing import EpisodeFacts, list_episodes, plan_digest
from lapa.data.ingestion.outcome import kept_episodes, shard_set_of
from lapa.data.ingestion.place import place_of_source
from lapa.data.ingestion.plan import ShardTask, plan_shards
from lapa.data.ingestion.report import build_report
from lapa.data.ingestion.shard import WORK, ShardResult
from lapa.data.ingestion.splits import SPLITS, split_episodes
from lapa.data.ingestion.work import ShardMaker, make_shards
from lapa.data.left_out import LeftOutCounter
from lapa.data.remote.cache import RemoteCache
from lapa.folders.lock import output_lock
from lapa.folders.whole_file import write_whole
from lapa.params.ingestion import IngestionParams, SourceParams
from lapa.records import RECORD, ShardSet

REPORT = "ingestion_report.json"
logger = logging.getLogger(__name__)


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
    with ExitStack() as held:
        places = [held.enter_context(place_of_source(source, cache)) for source in sources]
        inputs = [
            Input(params=source, open=partial(_open, source, place))
            for source, place in zip(sources, places, strict=True)
        ]
        return ingest_inputs(inputs, params=params, out=out)


def _open(source: SourceParams, place: Path, report: OnBad) -> Iterator[Episode]:
    from lapa.data.sources import open_source  # noqa: PLC0415 (adapters load many libraries)

    return open_source(source.kind, place, report=report, **source.options)


def ingest_inputs(inputs: Sequence[Input], *, params: IngestionParams, out: Path) -> ShardSet:
    """Do what `ingest` does, for sources that are opened by given functions."""
    out.mkdir(parents=True, exist_ok=True)
    with output_lock(out):
        report = LeftOutCounter(reporter_of(params.on_bad_sample))
        listing = list_episodes(inputs, params, report)
        require_sources(inputs, listing.episodes, report.report, params)
        splits = split_episodes(listing.episodes, params)
        require_splits(splits, listing.episodes, params)
        digest = plan_digest(inputs, params, listing.episodes)
        if (out / RECORD).is_file():
            return _finished(out, digest)
        _prepare_work(out, digest)
        for message in splits_without_pairs(splits, params):
            logger.warning("%s", message)
        for message in short_recordings(splits, params):
            logger.info("%s", message)
        maker = ShardMaker(out, inputs, listing.readers, listing.widths, params)
        results = _results(maker, plan_shards(splits, params))
        _require_content(out, splits, results, params)
        kept = kept_episodes(splits, results, listing.episodes)
        shard_set = shard_set_of(out, params, splits, kept, results)
        facts = build_report(
            shard_set=shard_set,
            folder=out,
            settings=params,
            episodes=kept,
            results=results,
            skipped=skips_of(report.report),
            left_out=report.left_out,
            plan=digest,
        )
        _publish(out, facts, shard_set)
    return shard_set


def _require_content(
    out: Path,
    splits: Mapping[str, Sequence[EpisodeFacts]],
    results: Sequence[ShardResult],
    params: IngestionParams,
) -> None:
    try:
        require_content(splits, results, params)
    except EmptyResultError:
        _drop_work(out)  # the bad recordings may be mended before the next try
        raise


def _publish(out: Path, facts: Mapping[str, Any], shard_set: ShardSet) -> None:
    """Write the report, then the record; what is left of the work goes last."""
    _warn(facts["notes"]["counts"], out)
    (out / REPORT).write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n")
    shard_set.write(out)
    shutil.rmtree(out / WORK)


def _results(maker: ShardMaker, tasks: Sequence[ShardTask]) -> list[ShardResult]:
    results = list(_progress(make_shards(maker, tasks), tasks))
    return sorted(results, key=lambda result: (SPLITS.index(result.split), result.name))


def _warn(counts: Mapping[str, int], out: Path) -> None:
    """Say what was kept and should be looked at."""
    if counts:
        listed = ", ".join(f"{reason} {count}" for reason, count in counts.items())
        logger.warning("recordings to look at: %s; by name under notes in %s", listed, out / REPORT)


def _progress(results: Iterable[ShardResult], tasks: Sequence[ShardTask]) -> Iterable[ShardResult]:
    console = Console(stderr=True)
    return track(
        results,
        description="Writing shards",
        total=len(tasks),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _finished(out: Path, digest: str) -> ShardSet:
    finished_digest = json.loads((out / REPORT).read_text())["plan_digest"]
    if finished_digest != digest:
        raise FileExistsError(
            f"{out} holds a complete shard set of another content (plan {finished_digest[:12]}, expected "
            f"{digest[:12]}); shard sets never change: choose another folder or delete this one"
        )
    return ShardSet.read(out)


def _prepare_work(out: Path, digest: str) -> None:
    """Keep the finished shards of an interrupted run with the same plan; drop those of another."""
    plan = out / WORK / "plan"
    if plan.is_file() and plan.read_text() == digest:
        logger.info("continuing the interrupted ingestion into %s", out)
        return
    _drop_work(out)
    (out / WORK).mkdir()
    write_whole(plan, digest)


def _drop_work(out: Path) -> None:
    for name in (WORK, *SPLITS):
        shutil.rmtree(out / name, ignore_errors=True)
