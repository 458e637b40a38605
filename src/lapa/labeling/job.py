"""One labelling as every rank sees it: the folder it claims, its share of the shards, the record at the end."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from lapa.data.labels import finish_labels, require_codes_fit, sidecar
from lapa.distributed.freed_memory import keep_freed_memory
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
from lapa.labeling.worker import LabelTask, Speed, label_tasks
from lapa.params.labeling import LabelingParams
from lapa.records import Checkpoint, LabelSet, PairSpec, ShardSet, digest_of_file, require_same

IDENTITY = "labeling.json"
PATIENCE = timedelta(days=7)
"""How long a process waits for the others at a barrier. Shares of whole shards may differ by hours
on large sets; torch's own limit is half an hour."""


@dataclass(kw_only=True)
class LabelJob:
    """What is labelled, by which model, and where to."""

    shards: ShardSet
    model: Checkpoint
    spec: PairSpec
    params: LabelingParams
    folder: Path
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    """Until `label` joins the others of its job: merging computes nothing."""

    def __post_init__(self) -> None:
        """Refuse another horizon.

        Raises:
            ValueError: the model was trained with one.
        """
        require_same(
            f"horizon of the pairs for {self.model.kind} {self.model.path} (digest {self.model.digest})",
            self.spec.horizon_s,
            self.model.pair_spec.horizon_s,
            remedy="label with the horizon it was trained on",
        )

    @cached_property
    def opened(self) -> tuple[PairCoder, dict[str, Any]]:
        """The model, and the fields of the record that say what it is.

        Raises:
            ValueError: it has more codes than labels can hold.
        """
        coder, origin = open_coder(self.model, self.params, self.device)
        require_codes_fit(coder.codebook_size)
        return coder, origin

    @property
    def identity(self) -> dict[str, Any]:
        """What decides the labels."""
        identity: dict[str, Any] = {
            "shards": self.shards.digest,
            self.model.kind: self.model.digest,
            "pair_spec": self.spec.model_dump(mode="json"),
            "precision": self.params.precision,
        }
        if self.model.kind == INVERSE_DYNAMICS:
            identity["action_bins"] = self.params.action_bins
        return identity

    def label(self, tasks: Sequence[LabelTask]) -> Speed:
        """Label this rank's share of the shards; return when all ranks have done theirs.

        Raises:
            ValueError: the folder holds labels of another model, shard set or horizon.
        """
        keep_freed_memory()
        set_threads(self.params.num_threads)
        # only barriers and flags travel, so gloo serves on GPU machines too
        self.device = join_process_group(self.params.accelerator, backend="gloo", patience=PATIENCE)
        if is_rank_zero():
            warn_of_other_frames(self.model, self.shards)
            self.claim()
        barrier()
        speed = label_tasks(
            self._unfinished(tasks)[rank() :: world_size()],
            shard_set=self.shards,
            spec=self.spec,
            coder=self.opened[0],
            params=self.params,
            folder=self.folder,
            show_progress=is_watched(),
        )
        barrier()
        return speed

    def digests(self, tasks: Sequence[LabelTask]) -> dict[str, str]:
        """SHA-256 of the label files of these shards."""
        return {task.shard: digest_of_file(self.folder / sidecar(task.shard)) for task in tasks}

    def finish(self, digests: Mapping[str, str], facts: Mapping[str, Any]) -> LabelSet:
        """Write the record, and the report with further facts.

        Args:
            digests: SHA-256 of the label file of every shard.
            facts: for the report.
        """
        coder, origin = self.opened
        record = finish_labels(
            self.folder,
            shard_set=self.shards,
            digests=digests,
            codebook_size=coder.codebook_size,
            code_seq_len=coder.code_seq_len,
            pair_spec=self.spec,
            pairs=pairs_of(self.shards, self.spec),
            **origin,
        )
        write_report(self.folder, {**label_report(self.folder, record, self.shards), **facts})
        return record

    def claim(self) -> None:
        """Refuse to mix labels of two models, shard sets or horizons in one folder."""
        path = self.folder / IDENTITY
        if path.is_file():
            require_same(
                f"labels begun in {self.folder}",
                json.loads(path.read_text()),
                self.identity,
                remedy="delete the folder or give another one",
            )
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(self.identity, indent=2) + "\n")

    def _unfinished(self, tasks: Sequence[LabelTask]) -> list[LabelTask]:
        """Shards without labels as rank zero sees them: all ranks must share out the same list.

        Each for itself would see the files that a faster rank has already written.
        """
        done = torch.tensor([(self.folder / sidecar(task.shard)).is_file() for task in tasks])
        finished = broadcast_from_zero(done).tolist()
        return [task for task, there in zip(tasks, finished, strict=True) if not there]
