"""The tables of the report: rows of text, computed from figures and checkpoint metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lapa.evaluation.success_table import success_rates
from lapa.records import Checkpoint, Figure, Report

ABSENT = "–"

LAQ_ROWS = {
    "psnr": ("PSNR, dB", 2),
    "psnr_copy": ("PSNR of copying frame t, dB", 2),
    "psnr_gain": ("gain over copy, dB", 2),
    "psnr_gain_shuffled": ("gain with another pair's codes, dB", 2),
    "psnr_gain_constant": ("gain with the commonest code, dB", 2),
    "code_dependence": ("cost of shuffling the codes, dB", 2),
    "utilisation": ("share of the codebook in use", 2),
    "perplexity": ("perplexity of the codes", 1),
    "sequences": ("distinct code sequences", 0),
    "sequence_entropy": ("entropy of the sequences, bits", 1),
}
FOUNDATION_ROWS = {
    "val/top1": "top-1",
    "val/top1_majority": "always the commonest code",
    "val/gain_over_majority": "gain over the commonest",
    "val/top3": "top-3",
    "val/sequence": "whole sequence",
    "val/top1_blank_language": "top-1 without the instruction",
    "val/top1_swapped_language": "top-1 with another instruction",
    "val/top1_blank_image": "top-1 without the image",
}


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of the report."""

    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def success(policies: Mapping[str, Report]) -> Table:
    """Success per task (rows) and arm (columns)."""
    rates = {arm: {r.name: r for r in success_rates(report)} for arm, report in policies.items()}
    tasks = list(dict.fromkeys(task for by_task in rates.values() for task in by_task))
    return Table(
        head=("task", *(f"{arm}, %" for arm in rates), "scenes"),
        rows=[
            (
                task,
                *(percent(rates[arm].get(task)) for arm in rates),
                "/".join(sorted({str(r[task].n) for r in rates.values() if task in r})),
            )
            for task in tasks
        ],
    )


def differences(found: Sequence[Figure]) -> Table:
    """Paired differences, named ``<arm> - <other>/<task>``."""
    rows = []
    for figure in found:
        pair, task = figure.name.rsplit("/", 1)
        rows.append((task, pair.replace("-", "−"), percent(figure, signed=True), str(figure.n)))
    return Table(head=("task", "arms", "difference, points", "paired scenes"), rows=rows)


def action_errors(policies: Mapping[str, Report]) -> Table:
    """Error on held-out episodes (rows) per arm (columns)."""
    by_arm = {
        arm: {f.name: f for f in report.arms.get("policy", ()) if f.name.startswith("action/")}
        for arm, report in policies.items()
    }
    names = list(dict.fromkeys(name for figures in by_arm.values() for name in figures))
    rows = [
        (
            name.removeprefix("action/").replace("_", " "),
            *(number(by_arm[arm].get(name), 4) for arm in by_arm),
        )
        for name in names
    ]
    return Table(head=("held-out action error", *by_arm), rows=rows)


def laq(report: Report) -> Table:
    """Reconstruction and usage, trained beside untrained."""
    arms = {arm: {f.name: f for f in figures} for arm, figures in report.arms.items()}
    rows = [
        (label, *(number(figures.get(name), digits) for figures in arms.values()))
        for name, (label, digits) in LAQ_ROWS.items()
    ]
    return Table(head=("held-out pairs", *(arm.replace("_", " ") for arm in arms)), rows=rows)


def probes(report: Report) -> Table:
    """R² of every probe (rows) per action dimension (columns)."""
    found: dict[tuple[str, str], dict[str, Figure]] = {}
    for arm, figures in report.arms.items():
        for figure in figures:
            if not figure.name.startswith("probe/"):
                continue
            _, kind, inputs, dimension = figure.name.split("/")
            source = inputs.replace("_", " ")
            label = f"untrained: {source}" if arm == "random_laq" else source
            found.setdefault((kind, label), {})[dimension] = figure
    dimensions = list(dict.fromkeys(d for row in found.values() for d in row))
    rows = [
        (kind, label, *(number(row.get(d), 2) for d in dimensions))
        for (kind, label), row in sorted(found.items())
    ]
    return Table(head=("probe", "reads", *(f"R² {d}" for d in dimensions)), rows=rows)


def foundation(checkpoints: Mapping[str, Checkpoint]) -> Table:
    """Code accuracy (rows) per arm (columns), in percent; untrained arms show nothing."""
    rows = [
        (label, *(_share(checkpoint.metrics.get(name)) for checkpoint in checkpoints.values()))
        for name, label in FOUNDATION_ROWS.items()
        if any(name in checkpoint.metrics for checkpoint in checkpoints.values())
    ]
    return Table(head=("held-out codes, %", *checkpoints), rows=rows)


def provenance(checkpoints: Mapping[str, Checkpoint]) -> Table:
    """What each backbone came from, so that a number can be traced to its bytes."""
    rows = [
        (
            arm,
            str(checkpoint.step),
            checkpoint.digest[:12],
            ", ".join(f"{name} {digest[:12]}" for name, digest in checkpoint.inputs.items()),
            f"{checkpoint.pair_spec.horizon_s} s",
            checkpoint.code_version,
        )
        for arm, checkpoint in checkpoints.items()
    ]
    return Table(head=("backbone", "steps", "weights", "trained on", "horizon", "lapa"), rows=rows)


def percent(figure: Figure | None, *, signed: bool = False) -> str:
    """A share in percent with its interval."""
    if figure is None:
        return ABSENT
    form = "{:+.1f}" if signed else "{:.1f}"
    text = form.format(100 * figure.value)
    if figure.low is None or figure.high is None:
        return text
    return f"{text} [{form.format(100 * figure.low)}, {form.format(100 * figure.high)}]"


def number(figure: Figure | None, digits: int) -> str:
    """A number with its interval where it has one."""
    if figure is None:
        return ABSENT
    text = f"{figure.value:.{digits}f}"
    if figure.low is None or figure.high is None:
        return text
    return f"{text} [{figure.low:.{digits}f}, {figure.high:.{digits}f}]"


def _share(value: float | None) -> str:
    return ABSENT if value is None else f"{100 * value:.1f}"
