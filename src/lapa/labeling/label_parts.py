"""Labelling by many jobs: each labels a part of the shards, one joins them to the set that one job alone would write."""

from __future__ import annotations

import logging
from pathlib import Path

from lapa.data.labels import sidecar
from lapa.distributed.ranks import barrier, is_rank_zero
from lapa.folders.array_parts import move_together, require_same_asked
from lapa.labeling.job import LabelJob
from lapa.labeling.worker import plan_tasks
from lapa.params.array_part import ArrayPart
from lapa.params.labeling import LabelingParams
from lapa.records import Checkpoint, LabelSet, MadePart, MadeParts, PairSpec, ShardSet

logger = logging.getLogger(__name__)


def label_part(
    *,
    shards: ShardSet,
    model: Checkpoint,
    pair_spec: PairSpec,
    params: LabelingParams,
    part: ArrayPart,
    work: Path,
) -> MadePart:
    """Label the pairs of one part of the shards; called on every rank. Killed, it continues where it stopped.

    Args:
        shards: the clips, all of them.
        model: a quantiser, or an inverse dynamics model.
        pair_spec: which pairs.
        params: batches, precision, processes of this part.
        part: which one.
        work: folder to write to, of this part alone.

    Returns:
        The record, on every rank; its folder is ``work/part``.

    Raises:
        ValueError: as `lapa.labeling.label_shards.label_shards` does.
    """
    job = LabelJob(shards=shards, model=model, spec=pair_spec, params=params, folder=work / "part")
    every = plan_tasks(shards)
    tasks = part.taken(every)
    if is_rank_zero():
        logger.info("part %s: labels of %d of %d shards", part, len(tasks), len(every))
    job.label(tasks)
    made = MadePart.made(str(job.folder), str(part), job.identity, job.digests(tasks))
    barrier()
    return made


def merge_labels(
    *,
    shards: ShardSet,
    model: Checkpoint,
    pair_spec: PairSpec,
    params: LabelingParams,
    parts: MadeParts,
    work: Path,
) -> LabelSet:
    """Join all parts to one label set: their files are moved to ``work/labels``, its record is written last.

    Args:
        shards: what was labelled.
        model: what the codes are of.
        pair_spec: which pairs.
        params: as the parts had them.
        parts: all of them.
        work: folder to write to, on the file system of the parts.

    Raises:
        ValueError: a part was made of other shards, by another model or with other parameters, or lacks labels.
    """
    folder = work / "labels"
    job = LabelJob(shards=shards, model=model, spec=pair_spec, params=params, folder=folder)
    require_same_asked(parts, job.identity)
    job.claim()
    for part in parts.parts:
        move_together(part, map(sidecar, part.shards), folder)
    return job.finish(parts.shards, {"parts": len(parts.parts)})
