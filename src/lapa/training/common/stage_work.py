"""One stage's training on one process: how it begins, where it writes, what it hands back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from pytorch_lightning.loggers.logger import Logger

import lapa
from lapa.distributed.freed_memory import keep_freed_memory
from lapa.distributed.ranks import is_rank_zero, join_process_group
from lapa.distributed.threads import set_threads
from lapa.params.base import TrainerParams
from lapa.records import Checkpoint, CheckpointKind, PairSpec
from lapa.training.common.data_facts import DataFacts
from lapa.training.common.history import keep_history
from lapa.training.common.joined_run import JoinedRun
from lapa.training.common.precision_advice import advise_precision
from lapa.training.common.precision_kept import DECIDED, Decision
from lapa.training.common.selection import Exported
from lapa.training.common.tracking import MetricsFile, build_logger

NOTHING_READ = DataFacts()


def start_process(params: TrainerParams) -> torch.device:
    """Set threads and join the other processes, before anything is built; return the device."""
    keep_freed_memory()
    set_threads(params.num_threads)
    device = join_process_group(params.accelerator)
    if is_rank_zero():
        advise_precision(params.precision, device)
    return device


@dataclass(frozen=True, kw_only=True)
class StageWork:
    """The scratch folder of a training; whoever trains in the same folder again resumes."""

    stage: CheckpointKind
    """Which kind of checkpoint comes out of it."""
    folder: Path
    run: JoinedRun | None = None
    """MLflow run to join; None logs to ``metrics.jsonl`` of the folder alone."""

    def loggers(self) -> list[Logger]:
        """The file that always keeps the metrics, and the run where there is one."""
        joined = build_logger(self.run)
        return [MetricsFile(path=self.folder / "metrics.jsonl"), *([joined] if joined else [])]

    def save(
        self,
        write: Callable[[Path], str],
        *,
        exported: Exported,
        inputs: dict[str, str],
        pair_spec: PairSpec,
        datasets: tuple[str, ...] = (),
        data: DataFacts = NOTHING_READ,
        trained: dict[str, int] | None = None,
    ) -> Checkpoint:
        """Have the weights written into ``model/``, curves and pictures beside them, and describe them.

        Rank zero writes; the record of any other rank has no digest and is not used.

        Args:
            write: writes weights and configuration into a folder and returns their digest.
            exported: which weights they are.
            inputs: digest of every artefact behind them, by name.
            pair_spec: what a pair was to them.
            datasets: whose actions they have learnt.
            data: what was read.
            trained: what `trained_parameters` counted; None for a control.
        """
        folder, digest = self.folder / "model", ""
        if is_rank_zero():
            digest = write(folder)
            keep_history(self.folder, folder)
        decided = Decision.first_of(self.folder / DECIDED)
        return Checkpoint(
            path=str(folder),
            kind=self.stage,
            digest=digest,
            inputs=inputs,
            pair_spec=pair_spec,
            datasets=datasets,
            trained=trained or {},
            precision=decided.precision if decided else "",
            code_version=lapa.__version__,
            **exported.facts(),
            **data.facts(),
        )
