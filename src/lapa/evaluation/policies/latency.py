"""How long a policy takes for one image: what a robot waits for before it can move."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import torch

from lapa.models.policy.policy import Policy

WARM_UP, CALLS = 3, 20
INSTRUCTION = "move the red square to the left"
"""Any sentence of ordinary length: it is the network that takes the time."""


def latency_ms(
    policy: Policy,
    *,
    device: torch.device,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """Median time of `CALLS` predictions of one image each, milliseconds.

    The image has the size of those in the shards, so that no scaling or compression is timed: that is
    the camera's business, and differs from camera to camera. Its content does not matter.

    Args:
        policy: in evaluation mode, on ``device``.
        device: is waited for, because a GPU returns before it is done.
        clock: seconds.
    """
    size = policy.frame_codec.image_size
    image = torch.full((1, size, size, 3), 127, dtype=torch.uint8, device=device)
    state = None if policy.state_input is None else policy.state_input.mean[None].to(device)
    times = []
    for _ in range(WARM_UP + CALLS):
        start = clock()
        policy.predict(image, [INSTRUCTION], state)
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        times.append(1000 * (clock() - start))
    return statistics.median(times[WARM_UP:])
