"""How long a training step takes in either precision, on the model and the data that will be trained."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import process_time
from typing import Final, NamedTuple

import torch
from pytorch_lightning.utilities.seed import isolate_rng
from torch import Tensor, nn

from lapa.distributed.ranks import sum_over_processes, world_size

ENOUGH: Final = 1.0
"""Processor seconds of measuring, after a first step of each that does not count; two steps of each count at least."""
FEWEST: Final = 2


class Trial(NamedTuple):
    """A model that nobody else has, and its loss on one training batch."""

    model: nn.Module
    loss: Callable[[], Tensor]


def step_seconds(
    build: Callable[[], Trial], precisions: Sequence[str], device: torch.device
) -> dict[str, float]:
    """The shortest step in each precision, forward and backward, one after the other in turn; collective.

    By the processor's clock, for that of the wall tells what else runs. Random numbers go on afterwards as if
    nothing had been measured.

    Args:
        build: makes what is measured.
        precisions: of the trainer.
        device: what it computes on.

    Returns:
        Processor seconds by precision, the mean of all processes.
    """
    with isolate_rng():
        trial = build()
        trial.model.train()
        for precision in precisions:
            _seconds(trial, precision, device)
        rounds: list[list[float]] = []
        while len(rounds) < FEWEST or sum(map(sum, rounds)) < ENOUGH:
            rounds.append([_seconds(trial, precision, device) for precision in precisions])
    shortest = torch.tensor([min(times) for times in zip(*rounds, strict=True)])
    means = sum_over_processes(shortest.to(device)) / world_size()
    return dict(zip(precisions, means.tolist(), strict=True))


def _seconds(trial: Trial, precision: str, device: torch.device) -> float:
    start = process_time()
    with torch.autocast(device.type, torch.bfloat16, enabled=precision != "32-true"):
        loss = trial.loss()
    loss.backward()  # type: ignore[no-untyped-call]
    seconds = process_time() - start
    trial.model.zero_grad(set_to_none=True)
    return seconds
