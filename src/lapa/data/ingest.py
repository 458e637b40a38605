"""Raw sources in, one complete shard set out: resumable, parallel, and the same bytes every time."""

from __future__ import annotations

import json
import logging
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import track

from lapa.data.bad_input import BadInputError, BadInputs, Report, reporter_of
from lapa.data.episode import Episode
from lapa.data.ingestion.horizon import splits_without_pairs
from lapa.data.ingestion.inputs import Input
from lapa.data.ingestion.lock import output_lock
from lapa.data.ingestion.plan import (
    SPLITS,
    EpisodeFacts,
    ShardTask,
    list_episodes,
    plan_digest,
    plan_shards,
)
from lapa.data.ingestion.report import build_report
from lapa.data.ingestion.work import WORK, ShardMaker, ShardResult, make_shards
from lapa.params.ingestion import IngestionParams, SourceParams
from lapa.records import DatasetFacts, ShardSet, Split, digest_of

REPORT = "ingestion_report.json"
logger = logging.getLogger(__name__)


def ingest(*, sources: Sequence[SourceParams], params: IngestionParams, out: Path) -> ShardSet:
    """Write the clip shards of some sources and return their record.

    A run that was killed continues where it stopped; its output is byte-equal to that of an
    undisturbed run, whatever `IngestionParams.workers`. ``record.json`` is written last.

    Args:
        sources: what to read; an adapter's ``report`` argument is filled in here.
        params: how to cut, compress and split.
        out: the shard set's folder.

    Raises:
        ValueError: a source holds no usable episode.
        BadInputError: a bad item, under ``on_bad_sample: raise``.
        OutputLockedError: another process writes ``out``.
        FileExistsError: ``out`` holds a complete shard set of other content.
    """
    inputs = [Input(params=source, open=partial(_open, source)) for source in sources]
    return ingest_inputs(inputs, params=params, out=out)


def _open(source: SourceParams, report: Report) -> Iterator[Episode]:
    from lapa.data.sources import open_source  # noqa: PLC0415 (adapters load many libraries)

    return open_source(source.kind, Path(source.path), report=report, **source.options)


def ingest_inputs(inputs: Sequence[Input], *, params: IngestionParams, out: Path) -> ShardSet:
    """Do what `ingest` does, for sources that are opened by given functions."""
    out.mkdir(parents=True, exist_ok=True)
    with output_lock(out):
        report = reporter_of(params.on_bad_sample)
        episodes = list_episodes(inputs, params, report)
        _require_episodes(inputs, episodes, report)
        digest = plan_digest(inputs, params, episodes)
        if (out / "record.json").is_file():
            return _finished(out, digest)
        _prepare_work(out, digest)
        tasks = plan_shards(episodes, params)
        for message in splits_without_pairs(tasks, params):
            logger.warning("%s", message)
        maker = ShardMaker(out, inputs, params)
        results = list(_progress(make_shards(maker, tasks), tasks))
        shard_set = _record(out, params, episodes, results)
        facts = build_report(
            shard_set=shard_set,
            folder=out,
            settings=params,
            episodes=episodes,
            results=results,
            skipped=[asdict(bad) for bad in report.records]
            if isinstance(report, BadInputs)
            else [],
            plan=digest,
        )
        _warn(facts["notes"]["counts"], out)
        (out / REPORT).write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n")
        shard_set.write(out)
        shutil.rmtree(out / WORK)
    return shard_set


def _warn(counts: Mapping[str, int], out: Path) -> None:
    """Say what was kept and should be looked at."""
    if counts:
        found = ", ".join(f"{reason} {count}" for reason, count in counts.items())
        logger.warning("recordings to look at: %s; by name under notes in %s", found, out / REPORT)


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


def _require_episodes(
    inputs: Sequence[Input], episodes: Sequence[EpisodeFacts], report: Report
) -> None:
    found = Counter(episode.input for episode in episodes)
    for number, source in enumerate(inputs):
        if found[number]:
            continue
        skipped = report.records if isinstance(report, BadInputs) else []
        first = (
            f"; the first of {len(skipped)} skipped: {BadInputError(skipped[0])}" if skipped else ""
        )
        path = Path(source.params.path)
        holds = sorted(p.name for p in path.iterdir())[:5] if path.is_dir() else "no such folder"
        raise ValueError(
            f"source {source.params.kind!r} at {path} yields no usable episode: found {holds}, "
            f"expected at least one episode of this kind that passes the filters{first}"
        )


def _finished(out: Path, digest: str) -> ShardSet:
    found = json.loads((out / REPORT).read_text())["plan_digest"]
    if found != digest:
        raise FileExistsError(
            f"{out} holds a complete shard set of another content (plan {found[:12]}, expected "
            f"{digest[:12]}); shard sets never change: choose another folder or delete this one"
        )
    return ShardSet.read(out)


def _prepare_work(out: Path, digest: str) -> None:
    """Keep the finished shards of an interrupted run with the same plan; drop those of another."""
    plan = out / WORK / "plan"
    if plan.is_file() and plan.read_text() == digest:
        logger.info("continuing the interrupted ingestion into %s", out)
        return
    for name in (WORK, *SPLITS):
        shutil.rmtree(out / name, ignore_errors=True)
    (out / WORK).mkdir()
    partial_plan = plan.with_suffix(".partial")
    partial_plan.write_text(digest)
    partial_plan.replace(plan)


def _record(
    out: Path,
    params: IngestionParams,
    episodes: Sequence[EpisodeFacts],
    results: Sequence[ShardResult],
) -> ShardSet:
    digests = {name: sha for result in results for name, sha in result.shards.items()}
    splits = {name: _split(name, results) for name in SPLITS}
    return ShardSet(
        path=str(out),
        codec=params.codec,
        max_horizon_s=params.max_horizon_s,
        datasets=_datasets(episodes),
        splits={name: split for name, split in splits.items() if split.clips},
        digest=digest_of(sorted(digests.items())),
    )


def _split(name: str, results: Sequence[ShardResult]) -> Split:
    own = [result for result in results if result.split == name]
    return Split(
        shards=tuple(shard for result in own for shard in result.shards),
        episodes=sum(sum(result.episodes.values()) for result in own),
        clips=sum(result.clips for result in own),
        frames=sum(sum(result.frames.values()) for result in own),
    )


def _datasets(episodes: Sequence[EpisodeFacts]) -> dict[str, DatasetFacts]:
    """What the episodes of each dataset agree on."""
    by_source: dict[str, list[EpisodeFacts]] = {}
    for episode in episodes:
        by_source.setdefault(episode.source, []).append(episode)
    return {source: _dataset(own) for source, own in sorted(by_source.items())}


def _dataset(episodes: Sequence[EpisodeFacts]) -> DatasetFacts:
    described = next((e for e in episodes if e.has_actions), episodes[0])
    return DatasetFacts(
        fps=Counter(episode.fps for episode in episodes).most_common(1)[0][0],
        episodes=len(episodes),
        action_names=described.action_names,
        action_units=described.action_units,
        actions_are=described.actions_are,
    )
