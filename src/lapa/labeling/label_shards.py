"""A frozen model over a shard set: one label file per shard, resumable, exactly once."""

from __future__ import annotations

from pathlib import Path

from lapa.distributed.ranks import barrier, is_rank_zero
from lapa.labeling.job import LabelJob
from lapa.labeling.worker import plan_tasks
from lapa.params.labeling import LabelingParams
from lapa.records import Checkpoint, LabelSet, PairSpec, ShardSet


def label_shards(
    *, shards: ShardSet, model: Checkpoint, pair_spec: PairSpec, params: LabelingParams, work: Path
) -> LabelSet:
    """Label every pair of every split; called on every rank.

    Each process labels whole shards; a killed run continues with the shards that have no file
    yet, shared out anew. Tail frames without a t+H are masked; static pairs are labelled too, and left
    out by a motion filter (this or another one) when labels are read.

    Args:
        shards: the clips.
        model: a quantiser (trained or deliberately untrained), or an inverse dynamics model.
        pair_spec: which pairs; their horizon must be what the model was trained on.
        params: batches, precision, processes.
        work: folder to write to.

    Returns:
        The record, on every rank; its folder is ``work/labels``.

    Raises:
        ValueError: the model was trained with another horizon, has more codes than labels can
            hold, or ``work`` holds labels of another model or shard set.
    """
    job = LabelJob(
        shards=shards, model=model, spec=pair_spec, params=params, folder=work / "labels"
    )
    tasks = plan_tasks(shards)
    speed = job.label(tasks)
    if is_rank_zero():
        facts = {
            "pairs_per_second_of_rank_zero": speed.pairs / max(speed.seconds, 1e-9),
            "data_wait_fraction_of_rank_zero": speed.waited / max(speed.seconds, 1e-9),
        }
        job.finish(job.digests(tasks), facts)
    barrier()
    return LabelSet.read(job.folder)
