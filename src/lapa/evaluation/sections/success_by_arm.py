"""Does pretraining help in closed loop? Success of every arm on the same scenes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from lapa.evaluation.blocks import Block, Table, folded, listed, rows
from lapa.evaluation.finding import Finding
from lapa.evaluation.formatting import percent, too_few
from lapa.evaluation.plots.success_bars import plot_success
from lapa.evaluation.policies.arms import DIFFERENCES, ArmsEvidence, ArmsSection
from lapa.evaluation.policies.comparisons import Comparison
from lapa.evaluation.policies.failures import failures_table
from lapa.evaluation.policies.outcomes import read_outcomes
from lapa.evaluation.policies.success_table import success_rates
from lapa.records import Metric

MAX_COMPARISONS = 4
"""With more comparisons, wins are counted in the summary instead of named."""
Rates = Mapping[str, Mapping[str, Metric]]
"""Success rates by arm and task."""


class SuccessByArm(ArmsSection):
    """Success per task and arm, and paired differences; nothing where nothing was rolled out."""

    name = "success of every arm"
    title = "Closed loop"
    lead = (
        "Does pretraining help? Every arm gets the same scenes. Intervals of success are Wilson's; "
        "differences are paired by scene (bootstrap)."
    )

    def measure(self, evidence: ArmsEvidence) -> Finding:
        """Read the outcomes of all arms; the reports of arms without any say why."""
        rates = {arm: success_rates(report) for arm, report in evidence.arms.items()}
        compared = evidence.successes
        blocks: tuple[Block, ...] = ()
        if all(rates.values()):
            draw = partial(plot_success, rates)
            blocks += evidence.plot(
                "success", draw, "Success per task and arm, with 95 % intervals."
            )
        words = [_sentence(comparison, rates) for comparison in compared]
        blocks += rows(_success_table(rates))
        blocks += rows(_differences(compared))
        ends = {arm: read_outcomes(report) for arm, report in evidence.arms.items()}
        blocks += folded("How trials failed", rows(failures_table(ends)))
        blocks += folded("In words", listed(words))
        return Finding(
            metrics={DIFFERENCES: tuple(c.difference for c in compared)},
            blocks=blocks,
            sentences=tuple(words if len(compared) <= MAX_COMPARISONS else _wins(compared)),
        )


def _sentence(comparison: Comparison, rates: Rates) -> str:
    task = comparison.criterion
    of_task = {arm: by_task[task] for arm, by_task in rates.items() if task in by_task}
    return success_sentence(task, comparison.arm, comparison.other, of_task, comparison.difference)


def success_sentence(
    task: str, arm: str, other: str, rates: Mapping[str, Metric], difference: Metric
) -> str:
    """Compare two arms on one task; beats or is worse only if the interval leaves out zero."""
    first, second = rates[arm], rates[other]
    facts = f"{arm} succeeds in {_rate(first)}, {other} in {_rate(second)}"
    if difference.low is None or difference.high is None:
        return f"On {task}, {facts}: {too_few(difference.n, 'scene')}."
    facts += (
        f"; paired difference {100 * difference.value:+.1f} points "
        f"[{100 * difference.low:+.1f}, {100 * difference.high:+.1f}]."
    )
    if difference.low > 0:
        return f"On {task}, {arm} beats {other}: {facts}"
    if difference.high < 0:
        return f"On {task}, {arm} is worse than {other}: {facts}"
    return f"On {task}, {arm} does not beat {other}: {facts}"


def _rate(rate: Metric) -> str:
    text = f"{100 * rate.value:.1f} %"
    if rate.low is not None and rate.high is not None:
        text += f" [{100 * rate.low:.1f}, {100 * rate.high:.1f}]"
    return f"{text} of {rate.n} scenes"


def _wins(compared: Sequence[Comparison]) -> list[str]:
    others = dict.fromkeys(c.other for c in compared)
    return [
        wins_sentence(compared[0].arm, other, [c.difference for c in compared if c.other == other])
        for other in others
    ]


def wins_sentence(arm: str, other: str, differences: Sequence[Metric]) -> str:
    """Count the tasks of a comparison, where there are too many to name in one breath."""
    judged = [d for d in differences if d.low is not None and d.high is not None]
    better = sum((d.low or 0.0) > 0 for d in judged)
    worse = sum((d.high or 0.0) < 0 for d in judged)
    unjudged = len(differences) - len(judged)
    rest = f"; {unjudged} have too few scenes" if unjudged else ""
    return (
        f"{arm} beats {other} on {better} of {len(differences)} tasks, is worse on {worse}{rest}."
    )


def _success_table(rates: Rates) -> Table:
    """Success per task (rows) and arm (columns)."""
    tasks = dict.fromkeys(task for by_task in rates.values() for task in by_task)
    return Table(
        head=("task", *(f"{arm}, %" for arm in rates), "scenes"),
        rows=tuple(
            (
                task,
                *(percent(by_task.get(task)) for by_task in rates.values()),
                "/".join(sorted({str(r[task].n) for r in rates.values() if task in r})),
            )
            for task in tasks
        ),
    )


def _differences(compared: Sequence[Comparison]) -> Table:
    return Table(
        head=("task", "arms", "difference, points", "paired scenes"),
        rows=tuple(
            (
                c.criterion,
                f"{c.arm} − {c.other}",
                percent(c.difference, signed=True),
                str(c.difference.n),
            )
            for c in compared
        ),
    )
