"""Ingestion by many jobs: each writes a part of the shards, one joins them to the set that one job alone would write.

The plan follows from the listing of the sources alone, so every job makes the same one and takes its share of the
shards: no shard is cut in two, and splits, shards and record are those of a single process, byte by byte.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from lapa.data.ingestion.content import require_content
from lapa.data.ingestion.finish import finish_set, finished_set
from lapa.data.ingestion.inputs import Input, inputs_of
from lapa.data.ingestion.plan import ShardTask
from lapa.data.ingestion.planned import plan_ingestion
from lapa.data.ingestion.shard import ShardResult, finished
from lapa.data.ingestion.unfinished import write_planned
from lapa.data.remote.cache import RemoteCache
from lapa.data.shards.index import index_path
from lapa.folders.array_parts import move_together, require_same_asked
from lapa.folders.lock import output_lock
from lapa.params.array_part import ArrayPart
from lapa.params.ingestion import IngestionParams, SourceParams
from lapa.records import MadePart, MadeParts, ShardSet

logger = logging.getLogger(__name__)


def ingest_part(
    *,
    sources: Sequence[SourceParams],
    params: IngestionParams,
    part: ArrayPart,
    out: Path,
    cache: RemoteCache | None = None,
) -> MadePart:
    """Write one part of the shards of some sources; killed, it continues where it stopped.

    Args:
        sources: what to read, all of it the same for every part.
        params: how to cut, compress and split.
        part: which one.
        out: a folder of this part alone.
        cache: where what is read by URL comes to.

    Returns:
        The record; writing it, last, is left to whoever publishes the part.

    Raises:
        EmptyResultError: a source or a split has nothing usable, as in `lapa.data.ingest.ingest`.
        BadInputError: a bad item, under ``on_bad_sample: raise``.
        OutputLockedError: another process writes ``out``.
    """
    with inputs_of(sources, cache) as inputs:
        return ingest_part_of(inputs, params=params, part=part, out=out)


def merge_parts(
    *,
    sources: Sequence[SourceParams],
    params: IngestionParams,
    parts: MadeParts,
    out: Path,
    cache: RemoteCache | None = None,
) -> ShardSet:
    """Join all parts to one shard set: their files are moved to ``out``, its record is written last.

    Args:
        sources: what the parts were made of.
        params: how.
        parts: all of them.
        out: the shard set's folder, on the file system of the parts.
        cache: where what is read by URL comes to.

    Raises:
        ValueError: a part was made of other sources or with other parameters, or lacks a shard.
        EmptyResultError: decoding has lost all of a dataset or of a split.
    """
    with inputs_of(sources, cache) as inputs:
        return merge_parts_of(inputs, params=params, parts=parts, out=out)


def ingest_part_of(
    inputs: Sequence[Input], *, params: IngestionParams, part: ArrayPart, out: Path
) -> MadePart:
    """Do what `ingest_part` does, for sources that are opened by given functions."""
    out.mkdir(parents=True, exist_ok=True)
    with output_lock(out):
        planned = plan_ingestion(inputs, params)
        every = planned.tasks()
        tasks = part.taken(every)
        logger.info("part %s: %d of %d shards", part, len(tasks), len(every))
        results = write_planned(planned, out, tasks)
    shards = {name: sha for result in results for name, sha in result.shards.items()}
    return MadePart.made(str(out), str(part), planned.asked, shards)


def merge_parts_of(
    inputs: Sequence[Input], *, params: IngestionParams, parts: MadeParts, out: Path
) -> ShardSet:
    """Do what `merge_parts` does, for sources that are opened by given functions."""
    out.mkdir(parents=True, exist_ok=True)
    with output_lock(out):
        planned = plan_ingestion(inputs, params)
        if whole := finished_set(out, planned):
            return whole
        require_same_asked(parts, planned.asked)
        planned.log()
        results = _results(parts, planned.tasks())
        require_content(planned.splits, results, params)
        for part in parts.parts:
            move_together(part, _files(part), out)
        return finish_set(out, planned, results)


def _results(parts: MadeParts, tasks: Sequence[ShardTask]) -> list[ShardResult]:
    """What came of every task, as its part has noted it."""
    noted = {
        (task.split, task.name): _noted(part, task)
        for part in parts.parts
        for task in ArrayPart.of_text(part.part).taken(tasks)
    }
    return [noted[task.split, task.name] for task in tasks]


def _noted(part: MadePart, task: ShardTask) -> ShardResult:
    result = finished(Path(part.path), task)
    if result is None:
        raise ValueError(
            f"part {part.part} in {part.path} knows nothing of shard {task.split}/{task.name}: delete that "
            f"folder and make it again (--params=part={part.part})"
        )
    return result


def _files(part: MadePart) -> list[str]:
    """Every tar with its index, relative to the folder."""
    return [str(name) for tar in part.shards for name in (index_path(Path(tar)), Path(tar))]
