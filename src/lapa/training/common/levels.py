"""Where a training saves its states, on three levels, and from which of them it goes on.

Fast ones lie on a disk of the node, durable ones in the work folder, milestones in a folder that
outlives the training (`lapa.training.common.milestones` writes those).
"""

from __future__ import annotations

import logging
import shutil
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from lapa.distributed.ranks import (
    barrier,
    is_first_of_node,
    is_rank_zero,
    objects_of_all,
    rank,
    world_size,
)
from lapa.folders.full_disk import DiskFullError
from lapa.params.base import TrainerParams
from lapa.records import digest_of
from lapa.training.common.checkpoints import save_atomically
from lapa.training.common.level import Level

logger = logging.getLogger(__name__)

Content = TypeVar("Content")


class Saved(NamedTuple):
    """A complete state; those of later steps, then those quicker to read, come last when sorted."""

    step: int
    haste: int
    """0 for a milestone, 1 for a durable state, 2 for a fast one."""
    level: str


class Levels:
    """Those of one training; every process has its own and calls every method."""

    def __init__(
        self, stage: str, work: Path, trainer: TrainerParams, *, sharded: bool = False
    ) -> None:
        """Look nothing up yet.

        Args:
            stage: its name, for the log.
            work: the scratch folder, in which durable states lie.
            trainer: when to save, and how many stay.
            sharded: whether every process holds a part of the state.
        """
        asked, self.stage, self.sharded = trainer.checkpoints, stage, sharded
        self._every = trainer.checkpoint_every
        self.durable = Level(
            name="durable",
            folder=work / "resume",
            entry="step-{step}" if sharded else "step-{step}.ckpt",
            keep=asked.keep,
        )
        part = f".rank-{rank()}-of-{world_size()}" if sharded else ""
        self._fast_every = 0
        self.fast: Level | None = None
        self.milestones: Level | None = None
        if asked.fast:
            self._fast_every = asked.fast.every
            self.fast = Level(
                name="fast",
                folder=_own(asked.fast.folder, work),
                entry=f"step-{{step}}{part}.ckpt",
                keep=asked.fast.keep,
            )
        if asked.milestones:
            self.milestones = Level(
                name="milestone",
                folder=_own(asked.milestones, work),
                entry="best-step-{step}",
                inside="state" if sharded else "state.ckpt",
                keep=1,
            )

    def due(self, step: int, *, must: bool) -> Level | None:
        """Where to save after ``step``: nowhere, or on the more lasting of the levels that are due.

        Args:
            step: optimiser steps done.
            must: save durably in any case.
        """
        if must or step % self._every == 0:
            return self.durable
        return self.fast if self.fast and step % self._fast_every == 0 else None

    def save(self, level: Level, step: int, content: Mapping[str, Any]) -> None:
        """Write a state that is one file per process, or one in all; collective.

        Raises:
            DiskFullError: the durable state does not fit. A fast one is left out, with a warning.
        """
        if self._writes(level):
            try:
                save_atomically(content, level.entry_of(step))
            except DiskFullError as error:
                if level is self.durable:
                    raise
                warnings.warn(f"{error}; the training goes on without this one", stacklevel=2)
            level.prune()
        barrier()

    def newest(self, read: Callable[[Path], Content | None]) -> tuple[Path, Content] | None:
        """The newest state that is complete, and readable, for every process; None begins anew.

        The processes of two nodes do not see one another's disks: a fast state counts where each
        finds its own. Says which one it is.

        Args:
            read: reads a state, and returns None for one that cannot be.
        """
        paths = dict(self._complete())
        seen_by_all = set.intersection(*map(set, objects_of_all(set(paths))))
        for saved in sorted(seen_by_all, reverse=True):
            content = read(paths[saved])
            if all(objects_of_all(content is not None)) and content is not None:
                self._tell(saved, paths[saved], len(paths))
                return paths[saved], content
        return None

    def discard_fast(self) -> None:
        """Give the disk of the node back: the training is done."""
        barrier()
        if self.fast and is_first_of_node():
            shutil.rmtree(self.fast.folder, ignore_errors=True)

    def _complete(self) -> Iterator[tuple[Saved, Path]]:
        for haste, level in enumerate((self.milestones, self.durable, self.fast)):
            if level:
                for step, path in level.states().items():
                    yield Saved(step, haste, level.name), path

    def _tell(self, saved: Saved, path: Path, count: int) -> None:
        if is_rank_zero():
            logger.info(
                "%s: going on after step %d, from the %s checkpoint %s, the newest complete of %d",
                *(self.stage, saved.step, saved.level, path, count),
            )

    def _writes(self, level: Level) -> bool:
        """Of equal states one is enough: on a shared disk one in all, else one a node."""
        if self.sharded:
            return True
        return is_first_of_node() if level is self.fast else is_rank_zero()


def _own(root: str, work: Path) -> Path:
    """A folder that no other training has, whatever its run and project; a rerun finds it again."""
    name = f"{work.parent.name}-{work.name}-{digest_of(str(work.resolve()))[:8]}"
    return Path(root) / name.lstrip("-.")
