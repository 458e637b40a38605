"""Stage 1 on the device: training steps and codes alone, the default recipe beside the original's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch

from gpu.measuring import GIB, dense_peak, forget_peak, peak_gib, timed, unless_too_large
from gpu.sizes import Sizes
from lapa.batches import PairBatch
from lapa.models.laq import LatentActionQuantizer
from lapa.models.layers.pixels import to_frames
from lapa.params.base import OptimizerParams, TrainerParams
from lapa.params.laq.stage import LaqParams
from lapa.planning.laq import laq_needs
from lapa.training.common.optim import build_optimizer
from lapa.training.laq.module import LaqModule


@dataclass(frozen=True)
class Case:
    """One recipe at one batch."""

    recipe: str
    """``default``, or ``compat``: the original's network in float32."""
    precision: str
    compiled: bool
    batch: int


def measure(device: torch.device, sizes: Sizes) -> dict[str, Any]:
    """Samples a second of steps and of codes, share of the peak, memory beside the plan."""
    rows = []
    for case in _cases(sizes):
        rows.append(
            unless_too_large(vars(case).copy(), lambda case=case: _row(case, device, sizes))
        )
        forget_peak(device)
        torch.compiler.reset()
    return {"rows": rows}


def _cases(sizes: Sizes) -> Iterator[Case]:
    for batch in sizes.compat_batches:
        yield Case("compat", "32-true", False, batch)
        yield Case("default", "32-true", False, batch)
    for batch in sizes.laq_batches:
        yield Case("default", "bf16-mixed", False, batch)
    for batch in sizes.compiled_batches:
        yield Case("default", "bf16-mixed", True, batch)


def _row(case: Case, device: torch.device, sizes: Sizes) -> dict[str, Any]:
    params = _params(case, sizes)
    torch.manual_seed(0)
    module = LaqModule(model=LatentActionQuantizer(params.model), params=params).to(device)
    optimizer = build_optimizer(module, params.optimizer)
    if case.compiled:
        module.model.compile()
    batch = _pairs(case.batch, params.model.image_size, device)
    half = torch.autocast(device.type, torch.bfloat16, enabled=case.precision != "32-true")

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

    forget_peak(device)
    step_spent = timed(step, device, sizes.seconds)
    needs, peak = laq_needs(params), peak_gib(device)
    codes_spent = timed(codes, device, sizes.seconds)
    rate = case.batch / step_spent["seconds"]
    limit = dense_peak(device)
    return {
        **step_spent,
        "samples_per_second": rate,
        "codes_per_second": case.batch / codes_spent["seconds"],
        "tflops": (needs.flops or 0) * rate / 1e12,
        "mfu": None if limit is None else (needs.flops or 0) * rate / limit,
        "peak_gib": peak,
        "planned_gib": needs.total_memory / GIB,
    }


def _params(case: Case, sizes: Sizes) -> LaqParams:
    model = sizes.laq.model_copy(update={"lapa_compat": case.recipe == "compat"})
    return LaqParams(
        model=model,
        optimizer=OptimizerParams(warmup_steps=0),
        trainer=TrainerParams(
            max_steps=10**6, log_every=10**6, batch_size=case.batch, precision=case.precision
        ),
    )


def _pairs(count: int, side: int, device: torch.device) -> PairBatch:
    generator = torch.Generator(device).manual_seed(0)
    shape = (count, 2, side, side, 3)
    frames = torch.randint(0, 256, shape, generator=generator, device=device, dtype=torch.uint8)
    return {"frames": frames, "sample_id": torch.arange(count, device=device)}
