"""Whose actions are closer to the true ones? Action error of every arm on the same held-out episodes."""

from __future__ import annotations

from collections.abc import Mapping

from lapa.evaluation.blocks import Block, Note, Table, folded, listed, rows
from lapa.evaluation.finding import Finding
from lapa.evaluation.formatting import number, too_few
from lapa.evaluation.policies.arms import DIFFERENCES, ArmsEvidence, ArmsSection
from lapa.evaluation.policies.episode_errors import HEADLINE, EpisodeErrors, read_errors
from lapa.evaluation.policies.evidence import ARM
from lapa.evaluation.policies.target import mse_by_dataset, target_sentence, target_table
from lapa.records import Metric

MAX_NAMED = 8
"""Dimensions that stood still which are named."""
LABELS = {
    "action/mae_normalized": "mean absolute error, normalised",
    "action/mse_normalized": "mean squared error, normalised",
}
Measured = Mapping[str, Mapping[str, Metric]]
"""Metrics by arm and name."""


class ErrorByArm(ArmsSection):
    """Mean errors, and those of every dimension behind a click."""

    name = "action error of every arm"
    title = "Action error"
    lead = (
        "Error of the predicted actions on held-out episodes, where 1 is half the labelled range of a "
        "dimension. A low error does not imply success in closed loop."
    )

    def measure(self, evidence: ArmsEvidence) -> Finding:
        """Compare the errors; they speak in the summary only where there is no closed loop."""
        measured = {
            arm: {metric.name: metric for metric in report.metrics.get(ARM, ())}
            for arm, report in evidence.arms.items()
        }
        errors = next((e for e in map(read_errors, evidence.arms.values()) if e is not None), None)
        headline = {arm: m[HEADLINE] for arm, m in measured.items() if HEADLINE in m}
        words = tuple(
            error_sentence(c.arm, c.other, headline, c.difference) for c in evidence.errors
        )
        reached, target = _reached(evidence), evidence.params.open_loop.target_mse
        blocks: tuple[Block, ...] = ()
        if errors is not None:
            blocks += (Note(text=f"Dataset: {', '.join(errors.dataset_names)}."),)
        blocks += rows(_mean_errors(measured)) + rows(target_table(reached, target))
        if errors is not None:
            blocks += _still(errors)
        blocks += folded("In words", listed(words))
        if errors is not None:
            blocks += folded("Every dimension", rows(_errors_by_dimension(measured, errors)))
        return Finding(
            metrics={DIFFERENCES: tuple(c.difference for c in evidence.errors)},
            blocks=blocks,
            sentences=(
                *((target_sentence(reached, target),) if reached else ()),
                *(() if evidence.successes else words),
            ),
        )


def _reached(evidence: ArmsEvidence) -> dict[str, dict[str, Metric]]:
    """Normalised squared error by arm and dataset."""
    errors = {arm: read_errors(report) for arm, report in evidence.arms.items()}
    return {
        arm: mse_by_dataset(of_arm, evidence.params)
        for arm, of_arm in errors.items()
        if of_arm is not None
    }


def error_sentence(arm: str, other: str, errors: Mapping[str, Metric], difference: Metric) -> str:
    """Compare two arms by their action error on the same held-out episodes: lower is better."""
    facts = (
        f"mean absolute error {errors[arm].value:.3f} against {errors[other].value:.3f} "
        "(1: half the labelled range)"
    )
    if difference.low is None or difference.high is None:
        return f"On held-out episodes, {arm} against {other}: {facts}; {too_few(difference.n)}."
    facts += (
        f", paired difference {difference.value:+.3f} [{difference.low:+.3f}, "
        f"{difference.high:+.3f}] over {difference.n} episodes."
    )
    whose = f"On held-out episodes the actions of {arm} are"
    if difference.high < 0:
        return f"{whose} closer to the true ones than those of {other}: {facts}"
    if difference.low > 0:
        return f"{whose} farther from the true ones than those of {other}: {facts}"
    return f"{whose} no closer to the true ones than those of {other}: {facts}"


def _mean_errors(measured: Measured) -> Table:
    """Mean error on held-out episodes (rows) per arm (columns), normalised."""
    return Table(
        head=("held-out action error", *measured),
        rows=tuple(
            (label, *(number(metrics.get(name), 3) for metrics in measured.values()))
            for name, label in LABELS.items()
            if any(name in metrics for metrics in measured.values())
        ),
    )


def _errors_by_dimension(measured: Measured, errors: EpisodeErrors) -> Table:
    """Mean absolute error of every dimension (rows) per arm (columns), in its unit and normalised."""
    arms = measured.values()
    return Table(
        head=("dimension", "unit", *measured, *(f"{arm}, normalised" for arm in measured), ""),
        rows=tuple(
            (
                name,
                unit or "unknown",
                *(number(metrics.get(f"action/mae/{name}"), 4) for metrics in arms),
                *(number(metrics.get(f"action/mae_normalized/{name}"), 2) for metrics in arms),
                "stood still" if name in errors.still else "",
            )
            for name, unit in zip(errors.dimensions, errors.units, strict=True)
        ),
    )


def _still(errors: EpisodeErrors) -> tuple[Block, ...]:
    if not errors.still:
        return ()
    names = ", ".join(errors.still[:MAX_NAMED])
    more = len(errors.still) - MAX_NAMED
    return (
        Note(
            text=f"{len(errors.still)} of {len(errors.dimensions)} dimensions (nearly) stood still in the "
            f"labelled episodes ({names}{f' and {more} more' if more > 0 else ''}): the "
            "means leave them out, because their range is noise."
        ),
    )
