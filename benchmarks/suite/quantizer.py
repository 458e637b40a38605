"""Steps and codes of the quantizer: beside their own matrix products, and beside the original's network in float32."""

from __future__ import annotations

from collections.abc import Callable

import torch
from quantizer_calls import Calls, step_and_codes

from lapa.distributed.freed_memory import keep_freed_memory
from lapa.params.base import OptimizerParams, TrainerParams
from lapa.params.laq.stage import LaqParams
from suite.made_quantizers import SMALL, TINY
from suite.products import products_of
from suite.rounds import Spent, in_turns
from suite.rows import Row, rate

COMPAT = ("compat", "32-true")
PRECISIONS = ("32-true", "bf16-mixed")
CASES = (COMPAT, *(("default", precision) for precision in PRECISIONS))
BATCH = 8


def measure(toy: bool, rounds: int) -> list[Row]:
    """Samples a second of a step with its optimizer, and of codes, in a process that keeps memory as trainings do."""
    keep_freed_memory()
    batch = 2 if toy else BATCH
    ways: dict[str, Callable[[], None]] = {}
    for recipe, precision in CASES:
        for what, call in zip(
            ("step", "codes"), _calls(recipe, precision, batch, toy), strict=True
        ):
            name = f"{what}, {recipe}, {precision}"
            ways[name] = call
            ways[f"products of {name}"] = products_of(call)
    spent = in_turns(ways, rounds)
    beside = [(name, f"products of {name}") for name in ways if not name.startswith("products")]
    for what in ("step", "codes"):
        cases = [f"{what}, default, {precision}" for precision in PRECISIONS]
        cases += [f"products of {case}" for case in cases]
        beside += [(case, f"{what}, {', '.join(COMPAT)}") for case in cases]
    return [_beside(name, other, spent, batch) for name, other in beside]


def _beside(name: str, other: str, spent: dict[str, list[Spent]], batch: int) -> Row:
    """A row of ``name`` held against ``other``: its own products, or the same of another recipe.

    Products held against another recipe say what a network without any other work would reach.
    """
    alone = other.startswith("products")
    case = name if alone else f"{name}, beside compat"
    limit = "its matrix products alone" if alone else other
    return rate(case, "samples", batch, spent[name], limit=limit, by=spent[other])


def _calls(recipe: str, precision: str, count: int, toy: bool) -> Calls:
    model = (TINY if toy else SMALL).model_copy(update={"lapa_compat": recipe == "compat"})
    trainer = TrainerParams(max_steps=10**6, log_every=10**6, batch_size=count, precision=precision)
    params = LaqParams(model=model, optimizer=OptimizerParams(warmup_steps=0), trainer=trainer)
    return step_and_codes(params, count, torch.device("cpu"))
