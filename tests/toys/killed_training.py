"""Train on squares and die by SIGKILL before a given step: `killed_training.py WORK STEP`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from lapa.params.laq.stage import LaqParams
from lapa.training.laq.fit import train
from lapa.training.laq.loaders import LaqLoaders
from toys.squares import squares_loaders, tiny_params


def settings() -> tuple[LaqParams, LaqLoaders]:
    """A short training with every bookkeeping callback at work."""
    params = tiny_params(ema={"decay": 0.9}, collapse_gate={"window": 4})
    return params, squares_loaders(params)


def main(work: Path, kill_at: int) -> None:
    torch.set_num_threads(1)
    params, loaders = settings()

    def dying(start: int) -> Iterator[Any]:
        for step, batch in enumerate(loaders.train(start), start=start):
            if step == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
            yield batch

    train(params, replace(loaders, train=dying), work=work)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
