"""The answer in at most eight sentences, computed from the figures, favourable or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lapa.evaluation.codes.laq_details import read_details
from lapa.evaluation.policies.comparisons import Comparison
from lapa.evaluation.policies.success_table import success_rates
from lapa.evaluation.report.arm_comparison import error_sentence, wins_sentence
from lapa.evaluation.report.codes_section import laq_probe_verdicts
from lapa.evaluation.report.verdict import (
    accuracy_sentence,
    code_sentences,
    probe_summary,
    success_sentence,
)
from lapa.records import Checkpoint, EvaluationReport

MAX_SENTENCES = 8
MAX_COMPARISONS = 4
"""With more comparisons of success, wins are counted instead of named."""


def about_codes(laq: EvaluationReport) -> list[str]:
    """What the codes are worth: reconstruction, use, probes."""
    latents = "vectors" if read_details(laq).continuous else "codes"
    sentences = code_sentences(laq.arms.get("laq", ()), latents=latents)
    summary = probe_summary(laq_probe_verdicts(laq))
    return [*sentences, *([summary] if summary else [])]


def about_arms(
    successes: Sequence[Comparison],
    errors: Sequence[Comparison],
    arms: Mapping[str, EvaluationReport],
) -> list[str]:
    """Whether pretraining helps: in closed loop where there is one, else by action error."""
    if not successes:
        return error_sentences(errors, arms)
    if len(successes) <= MAX_COMPARISONS:
        return success_sentences(successes, arms)
    others = dict.fromkeys(c.other for c in successes)
    return [
        wins_sentence(
            successes[0].arm, other, [c.difference for c in successes if c.other == other]
        )
        for other in others
    ]


def about_backbone(foundation: Mapping[str, Checkpoint]) -> list[str]:
    """How well the first pretrained backbone names held-out codes."""
    sentences = (accuracy_sentence(arm, c.metrics) for arm, c in foundation.items())
    return [sentence for sentence in sentences if sentence][:1]


def about_missing(not_measured: Mapping[str, str]) -> list[str]:
    """That something is missing, where it is."""
    if not not_measured:
        return []
    count = len(not_measured)
    what = "1 analysis" if count == 1 else f"{count} analyses"
    return [f"{what} could not be made; “Not measured” says why."]


def shortened(*groups: Sequence[str]) -> list[str]:
    """All groups in order, at most `MAX_SENTENCES` sentences."""
    return [sentence for group in groups for sentence in group][:MAX_SENTENCES]


def success_sentences(
    compared: Sequence[Comparison], arms: Mapping[str, EvaluationReport]
) -> list[str]:
    """One sentence per task and other arm."""
    rates = {arm: {r.name: r for r in success_rates(report)} for arm, report in arms.items()}
    sentences = []
    for found in compared:
        of_task = {arm: tasks[found.what] for arm, tasks in rates.items() if found.what in tasks}
        sentences.append(
            success_sentence(found.what, found.arm, found.other, of_task, found.difference)
        )
    return sentences


def error_sentences(
    compared: Sequence[Comparison], arms: Mapping[str, EvaluationReport]
) -> list[str]:
    """One sentence per other arm."""
    errors = {
        arm: figure
        for arm, report in arms.items()
        for figure in report.arms.get("policy", ())
        if figure.name == "action/mae_normalized"
    }
    return [error_sentence(c.arm, c.other, errors, c.difference) for c in compared]
