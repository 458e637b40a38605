"""Stage 1 on the device: training steps and codes alone, the default recipe beside the original's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from quantizer_calls import step_and_codes

from gpu.measuring import GIB, dense_peak, forget_peak, peak_gib, timed, unless_too_large
from gpu.sizes import Sizes
from lapa.params.base import OptimizerParams, TrainerParams
from lapa.params.laq.stage import LaqParams
from lapa.planning.laq import laq_needs


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
    step, codes = step_and_codes(params, case.batch, device, compiled=case.compiled)
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
