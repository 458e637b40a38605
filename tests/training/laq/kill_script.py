"""Train on squares and die by SIGKILL before a given step: `kill_script.py WORK STEP RESULT`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from lapa.training.laq.fit import train
from training.laq.squares import squares_loaders, tiny_params


def main(work: Path, kill_at: int, result: Path) -> None:
    torch.set_num_threads(1)
    params = tiny_params(ema={"decay": 0.9})
    loaders = squares_loaders(params)

    def dying(start: int) -> Iterator[Any]:
        for step, batch in enumerate(loaders.train(start), start=start):
            # the codebook start reads a few batches before training, so only later steps are real
            if step == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
            yield batch

    model, figures = train(params, replace(loaders, train=dying), work=work)
    torch.save({"weights": model.state_dict(), "figures": figures}, result)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
