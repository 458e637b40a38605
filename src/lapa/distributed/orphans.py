"""No process trains on when the one that started it is gone: a rerun would find a stranger in its folder.

torchrun gives every rank a session of its own, so that nothing else ends them when it is killed:

    python -m lapa.distributed.orphans --nproc-per-node=2 -m package.module     # torchrun, which ends so itself
"""

from __future__ import annotations

import ctypes
import signal
import sys
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
"""prctl(2): a signal to this process when the thread that started it ends; Linux alone has it."""


def end_with_parent() -> None:
    """Have this process killed as soon as its parent is gone, however that ended; nothing but on Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    end_with_parent()
    from torch.distributed.run import main

    main()
