"""Which device `accelerator` in the parameters means, the same for every stage."""

from __future__ import annotations

import torch

from lapa.params.base import Accelerator


def device_for(accelerator: Accelerator, *, local_rank: int = 0) -> torch.device:
    """The CPU, or GPU ``local_rank`` of this machine.

    Raises:
        RuntimeError: a GPU was asked for and torch sees none.
    """
    if accelerator == "cpu":
        return torch.device("cpu")
    if torch.cuda.is_available():
        return torch.device("cuda", local_rank)
    if accelerator == "auto":
        return torch.device("cpu")
    raise RuntimeError(
        f"`accelerator` is {accelerator!r}, but torch {torch.__version__} sees no GPU; set it to "
        "'auto' or 'cpu', or check driver and torch build with `lapa doctor`"
    )
