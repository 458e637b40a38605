"""A frozen quantiser over a shard set: one label file per shard, resumable, exactly once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from lapa.data.labels import finish_labels, require_codes_fit, sidecar
from lapa.distributed.sharing import Ranks
from lapa.labeling.report import label_report, write_report
from lapa.labeling.worker import ShardTask, Speed, label_tasks, plan_tasks
from lapa.models.laq.frozen import FrozenQuantizer
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


def label_shards(
    *,
    shards: Mapping[str, Any],
    laq: Mapping[str, Any],
    pair_spec: Mapping[str, Any],
    params: Mapping[str, Any],
    work: str,
) -> dict[str, Any]:
    """Label every pair of every split.

    Each process labels whole shards; a killed run continues with the shards that have no file
    yet, shared out anew. Tail frames without a t+H are masked; static pairs are labelled too, and left
    out by the pair spec's motion filter when labels are read.

    Args:
        shards: a `ShardSet` as JSON.
        laq: the quantiser's `Checkpoint` (trained or deliberately untrained).
        pair_spec: which pairs; must be what the quantiser was trained on.
        params: `LabelingParams`.
        work: folder to write to.

    Returns:
        The `LabelSet` record as JSON; its folder is ``work/labels``. Ranks other than zero return
        an empty mapping.

    Raises:
        ValueError: the quantiser was trained with another horizon, has more codes than labels can
            hold, or ``work`` holds labels of another quantiser or shard set.
    """
    shard_set, checkpoint = ShardSet(**shards), Checkpoint(**laq)
    spec, config = PairSpec(**pair_spec), LabelingParams(**params)
    require_same(
        f"horizon of the pairs for quantiser {checkpoint.path} (digest {checkpoint.digest})",
        spec.horizon_s,
        checkpoint.pair_spec.horizon_s,
        remedy="label with the horizon the quantiser was trained on",
    )
    if config.num_threads:
        torch.set_num_threads(config.num_threads)
    job = _Job(
        shards=shard_set, laq=checkpoint, spec=spec, params=config, folder=Path(work) / "labels"
    )
    with Ranks(accelerator=config.accelerator) as ranks:
        record = job.run(ranks)
    return record.model_dump(mode="json") if record else {}


@dataclass(kw_only=True)
class _Job:
    """One labelling, as every rank sees it."""

    shards: ShardSet
    laq: Checkpoint
    spec: PairSpec
    params: LabelingParams
    folder: Path

    def run(self, ranks: Ranks) -> LabelSet | None:
        """Label this rank's shards; rank zero waits for all and writes the record."""
        if ranks.rank == 0:
            self._claim()
        ranks.barrier()
        quantizer = FrozenQuantizer(
            folder=Path(self.laq.path), device=ranks.device, precision=self.params.precision
        )
        require_codes_fit(quantizer.codebook_size)
        tasks = plan_tasks(self.shards)
        speed = label_tasks(
            self._unfinished(tasks, ranks)[ranks.rank :: ranks.world_size],
            shard_set=self.shards,
            spec=self.spec,
            quantizer=quantizer,
            params=self.params,
            folder=self.folder,
            show_progress=ranks.is_watched,
        )
        ranks.barrier()
        return self._finish(quantizer, tasks, speed) if ranks.rank == 0 else None

    def _claim(self) -> None:
        """Refuse to mix labels of two quantisers, shard sets or horizons in one folder."""
        identity = {
            "shards": self.shards.digest,
            "laq": self.laq.digest,
            "pair_spec": self.spec.model_dump(mode="json"),
            "precision": self.params.precision,
        }
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
        partial = path.with_suffix(".partial")
        partial.write_text(json.dumps(identity, indent=2) + "\n")
        partial.replace(path)

    def _unfinished(self, tasks: Sequence[ShardTask], ranks: Ranks) -> list[ShardTask]:
        """Shards without labels as rank zero sees them: all ranks must share out the same list.

        Each for itself would see the files that a faster rank has already written.
        """
        done = torch.tensor([(self.folder / sidecar(task.shard)).is_file() for task in tasks])
        finished = ranks.from_rank_zero(done).tolist()
        return [task for task, there in zip(tasks, finished, strict=True) if not there]

    def _finish(
        self, quantizer: FrozenQuantizer, tasks: Sequence[ShardTask], speed: Speed
    ) -> LabelSet:
        files = {task.shard: self.folder / sidecar(task.shard) for task in tasks}
        record = finish_labels(
            self.folder,
            shard_set=self.shards,
            digests={shard: digest_of_file(path) for shard, path in files.items()},
            laq_digest=self.laq.digest,
            codebook_digest=quantizer.codebook_digest(),
            codebook_size=quantizer.codebook_size,
            code_seq_len=quantizer.code_seq_len,
            pair_spec=self.spec,
        )
        facts = label_report(self.folder, record, self.shards) | {
            "pairs_per_second_of_rank_zero": speed.pairs / max(speed.seconds, 1e-9),
            "data_wait_fraction_of_rank_zero": speed.waited / max(speed.seconds, 1e-9),
        }
        write_report(self.folder, facts)
        return record
