"""A frozen model over a shard set: one label file per shard, resumable, exactly once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import torch

from lapa.data.labels import finish_labels, require_codes_fit, sidecar
from lapa.distributed.ranks import (
    barrier,
    broadcast_from_zero,
    is_rank_zero,
    is_watched,
    join_process_group,
    rank,
    world_size,
)
from lapa.distributed.threads import set_threads
from lapa.folders.whole_file import write_whole
from lapa.labeling.coder import INVERSE_DYNAMICS, PairCoder, open_coder
from lapa.labeling.counts import pairs_of
from lapa.labeling.frames import warn_of_other_frames
from lapa.labeling.report import label_report, write_report
from lapa.labeling.worker import LabelTask, Speed, label_tasks, plan_tasks
from lapa.params.labeling import LabelingParams
from lapa.records import (
    Checkpoint,
    LabelSet,
    PairSpec,
    ShardSet,
    digest_of_file,
    require_same,
)

IDENTITY = "labeling.json"
PATIENCE = timedelta(days=7)
"""How long a process waits for the others at a barrier. Shares of whole shards may differ by hours
on large sets; torch's own limit is half an hour."""


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
    require_same(
        f"horizon of the pairs for {model.kind} {model.path} (digest {model.digest})",
        pair_spec.horizon_s,
        model.pair_spec.horizon_s,
        remedy="label with the horizon it was trained on",
    )
    set_threads(params.num_threads)
    # only barriers and flags travel, so gloo serves on GPU machines too
    device = join_process_group(params.accelerator, backend="gloo", patience=PATIENCE)
    job = _Job(shards=shards, model=model, spec=pair_spec, params=params, folder=work / "labels")
    return job.run(device)


@dataclass(kw_only=True)
class _Job:
    """One labelling, as every rank sees it."""

    shards: ShardSet
    model: Checkpoint
    spec: PairSpec
    params: LabelingParams
    folder: Path

    def run(self, device: torch.device) -> LabelSet:
        """Label this rank's shards; rank zero waits for all and writes the record."""
        if is_rank_zero():
            warn_of_other_frames(self.model, self.shards)
            self._claim()
        barrier()
        coder, origin = open_coder(self.model, self.params, device)
        require_codes_fit(coder.codebook_size)
        tasks = plan_tasks(self.shards)
        speed = label_tasks(
            self._unfinished(tasks)[rank() :: world_size()],
            shard_set=self.shards,
            spec=self.spec,
            coder=coder,
            params=self.params,
            folder=self.folder,
            show_progress=is_watched(),
        )
        barrier()
        if is_rank_zero():
            self._finish(coder, origin, tasks, speed)
        barrier()
        return LabelSet.read(self.folder)

    def _claim(self) -> None:
        """Refuse to mix labels of two models, shard sets or horizons in one folder."""
        identity: dict[str, Any] = {
            "shards": self.shards.digest,
            self.model.kind: self.model.digest,
            "pair_spec": self.spec.model_dump(mode="json"),
            "precision": self.params.precision,
        }
        if self.model.kind == INVERSE_DYNAMICS:
            identity["action_bins"] = self.params.action_bins
        path = self.folder / IDENTITY
        if path.is_file():
            require_same(
                f"labels begun in {self.folder}",
                json.loads(path.read_text()),
                identity,
                remedy="delete the folder or give another one",
            )
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(identity, indent=2) + "\n")

    def _unfinished(self, tasks: Sequence[LabelTask]) -> list[LabelTask]:
        """Shards without labels as rank zero sees them: all ranks must share out the same list.

        Each for itself would see the files that a faster rank has already written.
        """
        done = torch.tensor([(self.folder / sidecar(task.shard)).is_file() for task in tasks])
        finished = broadcast_from_zero(done).tolist()
        return [task for task, there in zip(tasks, finished, strict=True) if not there]

    def _finish(
        self,
        coder: PairCoder,
        origin: Mapping[str, Any],
        tasks: Sequence[LabelTask],
        speed: Speed,
    ) -> None:
        files = {task.shard: self.folder / sidecar(task.shard) for task in tasks}
        record = finish_labels(
            self.folder,
            shard_set=self.shards,
            digests={shard: digest_of_file(path) for shard, path in files.items()},
            codebook_size=coder.codebook_size,
            code_seq_len=coder.code_seq_len,
            pair_spec=self.spec,
            pairs=pairs_of(self.shards, self.spec),
            **origin,
        )
        facts = label_report(self.folder, record, self.shards) | {
            "pairs_per_second_of_rank_zero": speed.pairs / max(speed.seconds, 1e-9),
            "data_wait_fraction_of_rank_zero": speed.waited / max(speed.seconds, 1e-9),
        }
        write_report(self.folder, facts)
