"""What benchmarks of the quantizer measure: an optimiser step, and codes alone, on made-up pairs."""

from __future__ import annotations

from collections.abc import Callable

import torch

from lapa.batches import PairBatch
from lapa.models.laq import LatentActionQuantizer
from lapa.models.layers.pixels import to_frames
from lapa.params.laq.stage import LaqParams
from lapa.training.laq.module import LaqModule

Calls = tuple[Callable[[], None], Callable[[], None]]


def step_and_codes(
    params: LaqParams, count: int, device: torch.device, *, compiled: bool = False
) -> Calls:
    """A training step with its optimiser, and codes of the same ``count`` pairs, both in the precision of the parameters."""
    torch.manual_seed(0)
    module = LaqModule(model=LatentActionQuantizer(params.model), params=params).to(device)
    optimizer = module.new_optimizer()
    if compiled:
        module.model.compile()
    batch = _pairs(count, params.model.image_size, device)
    half = torch.autocast(
        device.type, torch.bfloat16, enabled=params.trainer.precision != "32-true"
    )

    def step() -> None:
        with half:
            loss = module.training_step(batch, 0)["loss"]
        loss.backward()
        torch.nn.utils.clip_grad_norm_(module.parameters(), params.optimizer.clip_norm)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    def codes() -> None:
        with half, torch.no_grad():
            module.model.codes(to_frames(batch["frames"]))

    return step, codes


def _pairs(count: int, side: int, device: torch.device) -> PairBatch:
    generator = torch.Generator(device).manual_seed(0)
    shape = (count, 2, side, side, 3)
    frames = torch.randint(0, 256, shape, generator=generator, device=device, dtype=torch.uint8)
    return {"frames": frames, "sample_id": torch.arange(count, device=device)}
