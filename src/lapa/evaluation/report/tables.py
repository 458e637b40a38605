"""The tables of the report: rows of text, computed from figures and checkpoint metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lapa.evaluation.policies.episode_errors import read_errors
from lapa.evaluation.policies.success_table import success_rates
from lapa.evaluation.report.own_answers import answers_one_after_the_other, own_answers
from lapa.records import Checkpoint, EvaluationReport, Metric

ABSENT = "–"

QUANTIZERS = {"laq": "trained quantiser", "random_laq": "untrained (control)"}
LAQ_ROWS = {
    "psnr": ("PSNR, dB", 2),
    "psnr_copy": ("PSNR of copying frame t, dB", 2),
    "psnr_gain": ("gain over copy, dB", 2),
    "psnr_gain_shuffled": ("gain with another pair's codes, dB", 2),
    "psnr_gain_constant": ("gain with the commonest code, dB", 2),
    "code_dependence": ("cost of shuffling the codes, dB", 2),
    "utilization": ("share of the codebook in use", 2),
    "perplexity": ("perplexity of the codes", 1),
    "sequences": ("distinct code sequences", 0),
    "sequence_entropy": ("entropy of the sequences, bits", 1),
}
ERROR_ROWS = {
    "mae_normalized": "mean absolute error, normalised",
    "mse_normalized": "mean squared error, normalised",
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
    """Empty for a table without column headings."""
    rows: Sequence[tuple[str, ...]]


def success(policies: Mapping[str, EvaluationReport]) -> Table:
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


def differences(found: Sequence[Metric]) -> Table:
    """Paired differences, named ``<arm> - <other>/<task>``."""
    rows = []
    for figure in found:
        pair, task = figure.name.rsplit("/", 1)
        rows.append((task, pair.replace("-", "−"), percent(figure, signed=True), str(figure.n)))
    return Table(head=("task", "arms", "difference, points", "paired scenes"), rows=rows)


def action_errors(policies: Mapping[str, EvaluationReport]) -> Table:
    """Mean error on held-out episodes (rows) per arm (columns), normalised."""
    by_arm = {arm: _action_figures(report) for arm, report in policies.items()}
    rows = [
        (label, *(number(figures.get(f"action/{name}"), 3) for figures in by_arm.values()))
        for name, label in ERROR_ROWS.items()
        if any(f"action/{name}" in figures for figures in by_arm.values())
    ]
    return Table(head=("held-out action error", *by_arm), rows=rows)


def errors_by_dimension(policies: Mapping[str, EvaluationReport]) -> Table:
    """Mean absolute error of every dimension (rows) per arm (columns), in its unit."""
    by_arm = {arm: read_errors(report) for arm, report in policies.items()}
    measured = next((errors for errors in by_arm.values() if errors is not None), None)
    figures = {arm: _action_figures(report) for arm, report in policies.items()}
    rows = [
        (
            name,
            unit or "unknown",
            *(number(figures[arm].get(f"action/mae/{name}"), 4) for arm in by_arm),
            *(number(figures[arm].get(f"action/mae_normalized/{name}"), 2) for arm in by_arm),
            "stood still" if measured is not None and name in measured.still else "",
        )
        for name, unit in (
            zip(measured.dimensions, measured.units, strict=True) if measured is not None else ()
        )
    ]
    head = ("dimension", "unit", *by_arm, *(f"{arm}, normalised" for arm in by_arm), "")
    return Table(head=head, rows=rows)


def _action_figures(report: EvaluationReport) -> dict[str, Metric]:
    figures = report.arms.get("policy", ())
    return {figure.name: figure for figure in figures if figure.name.startswith("action/")}


def laq(report: EvaluationReport) -> Table:
    """Reconstruction and usage, trained beside untrained."""
    arms = {arm: {f.name: f for f in figures} for arm, figures in report.arms.items()}
    rows = [
        (label, *(number(figures.get(name), digits) for figures in arms.values()))
        for name, (label, digits) in LAQ_ROWS.items()
        if any(name in figures for figures in arms.values())
    ]
    return Table(head=("held-out pairs", *(QUANTIZERS.get(arm, arm) for arm in arms)), rows=rows)


def foundation(checkpoints: Mapping[str, Checkpoint]) -> Table:
    """Code accuracy (rows) per arm (columns), in percent; untrained arms show nothing.

    What a model names by itself comes first; figures that saw the true earlier codes say so.
    """
    own = {arm: own_answers(checkpoint.metrics) for arm, checkpoint in checkpoints.items()}
    forced = {
        arm: checkpoint.metrics
        for arm, checkpoint in checkpoints.items()
        if answers_one_after_the_other(checkpoint.metrics)
    }
    rows = [
        (label, *(_share(own[arm].get(name)) for arm in checkpoints))
        for name, label in FOUNDATION_ROWS.items()
        if any(name in metrics for metrics in own.values())
    ]
    rows += [
        (
            f"{FOUNDATION_ROWS[name]}, given the true earlier codes",
            *(_share(forced.get(arm, {}).get(name)) for arm in checkpoints),
        )
        for name in ("val/top1", "val/sequence")
        if any(name in metrics for metrics in forced.values())
    ]
    return Table(head=("held-out codes, %", *checkpoints), rows=rows)


def percent(figure: Metric | None, *, signed: bool = False) -> str:
    """A share in percent with its interval."""
    if figure is None:
        return ABSENT
    form = "{:+.1f}" if signed else "{:.1f}"
    text = form.format(100 * figure.value)
    if figure.low is None or figure.high is None:
        return text
    return f"{text} [{form.format(100 * figure.low)}, {form.format(100 * figure.high)}]"


def number(figure: Metric | None, digits: int) -> str:
    """A number with its interval where it has one."""
    if figure is None:
        return ABSENT
    text = f"{figure.value:.{digits}f}"
    if figure.low is None or figure.high is None:
        return text
    return f"{text} [{figure.low:.{digits}f}, {figure.high:.{digits}f}]"


def _share(value: float | None) -> str:
    return ABSENT if value is None else f"{100 * value:.1f}"
