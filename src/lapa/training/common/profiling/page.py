"""The page of a profile, as Markdown: parts of a step, processes, operators, and what to do first."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from lapa.params.base import TrainerParams
from lapa.training.common.profiling.bottleneck import bottleneck
from lapa.training.common.profiling.operators import Operator
from lapa.training.common.profiling.parts import PARTS, Part, StepParts


@dataclass(frozen=True)
class ProfilePage:
    """A page and the sentence of it that matters most."""

    text: str
    verdict: str


def profile_page(
    stage: str,
    params: TrainerParams,
    parts: StepParts,
    everybody: Sequence[dict[Part, float]],
    operators: Sequence[Operator],
) -> ProfilePage:
    """Write the page of rank zero.

    Args:
        stage: whose training it is.
        params: of the training.
        parts: what rank zero timed; at least one step.
        everybody: medians of every process, seconds.
        operators: of the traced steps; empty where the training ended before them.
    """
    verdict = bottleneck(parts.medians(), operators, params, device=parts.device)
    sections = [
        f"# Where the time of a training step goes: {stage}",
        _of_what(params, parts),
        f"**{verdict}**",
        "## Parts of a step\n\n" + _parts(parts),
    ]
    if len(everybody) > 1:
        sections.append("## Processes\n\n" + _processes(everybody))
    if operators:
        sections.append("## Operators\n\n" + _operators(operators))
    return ProfilePage("\n\n".join(sections) + "\n", verdict)


def _of_what(params: TrainerParams, parts: StepParts) -> str:
    where = str(parts.device)
    if parts.device.type == "cpu":
        where += f" with {torch.get_num_threads()} thread(s)"
    return (
        f"{len(parts.steps)} steps after the first ones, on {where}; {params.batch_size} samples per process "
        f"and micro-step, {params.precision}, {params.num_workers} loader processes. Validation, pictures, logs and "
        "checkpoints lie between steps and are not counted."
    )


def _parts(parts: StepParts) -> str:
    medians, totals = parts.medians(), sorted(parts.totals())
    whole = sum(medians.values())
    rows = [
        f"| {PARTS[part]} | {1e3 * seconds:.1f} | {seconds / whole:.0%} |"
        for part, seconds in medians.items()
    ]
    spread = (
        f"A whole step: median {1e3 * statistics.median(totals):.1f} ms, "
        f"shortest {1e3 * totals[0]:.1f}, longest {1e3 * totals[-1]:.1f}."
    )
    return "\n".join(["| part | ms, median | share |", "|---|---|---|", *rows, "", spread])


def _processes(everybody: Sequence[dict[Part, float]]) -> str:
    heading = "| process | " + " | ".join(f"{PARTS[part]}, ms" for part in PARTS) + " |"
    rows = [
        f"| {rank} | " + " | ".join(f"{1e3 * own[part]:.1f}" for part in PARTS) + " |"
        for rank, own in enumerate(everybody)
    ]
    return "\n".join([heading, "|---" * (len(PARTS) + 1) + "|", *rows])


def _operators(operators: Sequence[Operator]) -> str:
    rows = [
        f"| `{o.name}` | {o.calls:.0f} | {1e3 * o.cpu_seconds:.2f} | {1e3 * o.gpu_seconds:.2f} | {o.share:.1%} |"
        for o in operators
    ]
    return "\n".join(
        [
            "Time in the operator itself, of steps that were traced (which slows them down). The whole trace is in "
            "`trace.json.gz`: open it at ui.perfetto.dev or in chrome://tracing.",
            "",
            "| operator | calls a step | CPU, ms | GPU, ms | share |",
            "|---|---|---|---|---|",
            *rows,
        ]
    )
