"""The best model so far and the last one of a training, each in a folder that needs nothing else.

``best-step-00000400/`` and ``last-step-00001000/`` hold ``model/``: weights, configuration and record, what
every loader takes. The best also holds the state from which its training can go on.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lapa.distributed.ranks import is_rank_zero, object_from_zero
from lapa.folders.whole_folder import (
    begin_draft,
    draft_of,
    finish_draft,
    is_whole,
    undone_when_full,
)
from lapa.records import Checkpoint, CheckpointKind
from lapa.training.common.level import Level
from lapa.training.common.precision_kept import DECIDED, Decision
from lapa.training.common.selection import Exported
from lapa.training.common.stage_work import StageWork

WriteModel = Callable[[Exported, StageWork], Checkpoint]
"""How a stage writes its present weights into ``model/`` of a work folder, and describes them; collective."""


class Milestones:
    """Keeps them; every process calls every method, rank zero writes."""

    def __init__(
        self, level: Level, stage: CheckpointKind, write: WriteModel, *, work: Path | None = None
    ) -> None:
        """Begin with none open.

        Args:
            level: where they lie.
            stage: which kind of model they are.
            write: writes the present weights.
            work: of the training; the precision that was decided there is kept with them.
        """
        self._level, self._stage, self._write = level, stage, write
        self._decided = Decision.first_of(work / DECIDED) if work else None
        self._open: int | None = None

    def begin_best(self, exported: Exported) -> None:
        """Write the present weights, which are the best so far; `finish_best` makes them count."""
        entry = self._level.entry_of(exported.step)
        if not self._has(entry):
            self._draft(entry, exported)
            self._open = exported.step

    def finish_best(self, step: int, write_state: Callable[[Path], None] | None = None) -> None:
        """Complete what `begin_best` began at ``step``, if it did, and delete what was best before.

        Args:
            step: optimiser steps done.
            write_state: writes the training's state to a path; None where nothing is left to train.
        """
        if self._open != step:
            return
        self._open, entry = None, self._level.entry_of(step)
        if write_state:
            with undone_when_full(entry):
                write_state(draft_of(entry) / self._level.inside)
        self._finish(entry)
        if is_rank_zero():
            self._level.prune()

    def keep_last(self, exported: Exported) -> None:
        """Write the present weights, of the last step, unless these are kept as the best."""
        if not self._has(self._level.entry_of(exported.step)):
            entry = self._level.folder / f"last-step-{exported.step:08d}"
            self._draft(entry, exported)
            self._finish(entry)

    def _has(self, entry: Path) -> bool:
        return object_from_zero(is_whole(entry) if is_rank_zero() else None) or False

    def _draft(self, entry: Path, exported: Exported) -> None:
        draft = begin_draft(entry) if is_rank_zero() else draft_of(entry)
        with undone_when_full(entry):
            if self._decided and is_rank_zero():
                self._decided.write(draft / DECIDED)
            record = self._write(exported, StageWork(stage=self._stage, folder=draft))
            if is_rank_zero():
                place = entry / Path(record.path).relative_to(draft)
                record.model_copy(update={"path": str(place)}).write(Path(record.path))

    def _finish(self, entry: Path) -> None:
        if is_rank_zero():
            finish_draft(entry)
