"""This process among those that share a piece of inference."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from types import TracebackType
from typing import Self

from torch import Tensor, distributed

from lapa.distributed.device import device_for
from lapa.params.base import Accelerator

PATIENCE = timedelta(days=7)
"""How long a process waits for the others at a barrier. Shares of whole shards may differ by hours
on large sets; torch's own limit is half an hour."""


class Ranks:
    """Rank, size and device from the launcher's environment variables; a barrier between them.

    A context manager: it opens a process group where there is more than one process and leaves
    it at the end.
    """

    def __init__(self, *, accelerator: Accelerator = "auto") -> None:
        self.rank = int(os.environ.get("RANK", "0"))
        self.world_size = int(os.environ.get("WORLD_SIZE", "1"))
        local_rank = int(os.environ.get("LOCAL_RANK", "0"))
        self.device = device_for(accelerator, local_rank=local_rank)
        self._opened = False

    def __enter__(self) -> Self:
        if self.world_size > 1 and not distributed.is_initialized():
            # only barriers and flags travel, so gloo serves on GPU machines too
            distributed.init_process_group("gloo", timeout=PATIENCE)
            self._opened = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._opened:
            distributed.destroy_process_group()

    def barrier(self) -> None:
        """Wait for the others."""
        if self.world_size > 1:
            distributed.barrier()

    def from_rank_zero(self, flags: Tensor) -> Tensor:
        """Rank zero's flags ``bool (n,)`` on every rank; all ranks call it with as many."""
        if self.world_size > 1:
            distributed.broadcast(flags, src=0)
        return flags

    @property
    def is_watched(self) -> bool:
        """Whether somebody sees this process's progress bar."""
        return self.rank == 0 and sys.stderr.isatty()
