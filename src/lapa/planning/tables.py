"""The plan of an experiment as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lapa.params.hardware import HardwareParams
from lapa.planning.data_size import DataSize
from lapa.planning.experiment import ExperimentPlan
from lapa.planning.misfits import GIB, epochs
from lapa.planning.needs import StageNeeds
from lapa.planning.sizes import Sizes

COLUMNS = (
    "source",
    "from",
    "episodes",
    "frames",
    "Hz",
    "mean s",
    "H s",
    "pairs",
    "weight",
    "share",
)


def data_table(plan: ExperimentPlan) -> str:
    """Every source of the mixture, the sum, and what is not known."""
    horizon = plan.spec.horizon_s
    rows = [COLUMNS, *(_row(size, horizon) for size in plan.sizes.known)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [f"data of the mixture, H = {horizon:g} s"]
    lines += ["  ".join(c.rjust(w) for c, w in zip(row, widths, strict=True)) for row in rows]
    return "\n".join([*lines, *_sums(plan.sizes, horizon)])


def stage_lines(stage: StageNeeds, plan: ExperimentPlan) -> Iterator[tuple[str, str]]:
    """Name and value of what a stage needs, but for memory."""
    times = epochs(stage, plan)
    yield "steps x batch", f"{stage.steps:,} x {stage.batch:,}"
    yield "samples", f"{stage.samples:,}"
    yield (
        "epochs, of labelled frames" if stage.stage == "finetune" else "epochs",
        _or_unknown(times, ",.3g"),
    )
    if stage.tokens:
        yield "tokens", f"{stage.samples * stage.tokens:,}"
    yield "devices", f"{stage.nodes} nodes x {stage.devices}"
    yield "hours, estimated", _or_unknown(stage.hours(plan.hardware), ",.1f")


def stage_table(stage: StageNeeds, plan: ExperimentPlan) -> str:
    """One stage, one figure per line."""
    lines = [("parameters", f"{stage.parameters / 1e6:,.1f} M")]
    if stage.trained is not None:
        lines.append(("of these trained", f"{stage.trained / 1e6:,.1f} M"))
    lines += stage_lines(stage, plan)
    lines += [
        (f"{part} per device", f"{size / GIB:,.2f} GiB") for part, size in stage.memory.items()
    ]
    if stage.memory:
        lines.append(("total per device, before waste", f"{stage.total_memory / GIB:,.2f} GiB"))
    return aligned(lines)


def aligned(lines: Sequence[tuple[str, str]]) -> str:
    """Names to the left, values to the right."""
    return "\n".join(f"{name:<32}{value:>24}" for name, value in lines)


def assumption(hardware: HardwareParams) -> str:
    """What the hours are an estimate of."""
    if hardware.tflops is None:
        return "hours: not estimated, for no speed of a GPU is configured; choose a cluster, or set hardware.tflops"
    return (
        f"hours: arithmetic alone, at {hardware.utilization:.0%} of the {hardware.tflops:g} TFLOP/s of one "
        f"{hardware.gpu or 'GPU'}; loading, validation and queues come on top"
    )


def _row(size: DataSize, horizon_s: float) -> tuple[str, ...]:
    return (
        size.name,
        size.origin,
        f"{size.episodes:,}",
        f"{size.frames:,}",
        f"{size.fps:g}",
        f"{size.seconds:.3g}",
        f"{size.horizon(horizon_s):.2g}",
        f"{size.pairs(horizon_s):,}",
        f"{size.weight:.3g}",
        f"{size.share:.2%}",
    )


def _sums(sizes: Sizes, horizon_s: float) -> Iterator[str]:
    if sizes.known:
        episodes, frames = (sum(getattr(s, n) for s in sizes.known) for n in ("episodes", "frames"))
        pairs = sum(size.pairs(horizon_s) for size in sizes.known)
        yield f"together {episodes:,} episodes, {frames:,} frames, {pairs:,} pairs"
    if any(size.origin == "published" for size in sizes.known):
        yield "published: figures of the publishers, pairs as if all episodes were equally long"
    if sizes.unknown:
        yield (
            f"not known, so not counted: {', '.join(sizes.unknown)} (no shards yet, no `published` figures): "
            "kedro run --pipelines=ingestion"
        )


def _or_unknown(value: float | None, style: str) -> str:
    return "not known" if value is None else format(value, style)
