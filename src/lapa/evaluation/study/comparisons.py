"""Differences in sentences: the first arm against the others, the variants of an arm against the first of them."""

from __future__ import annotations

from collections.abc import Mapping

from lapa.evaluation.study.formatting import joined, percent
from lapa.evaluation.study.question import (
    Question,
    difference,
    reference_variant,
    variant_difference,
)
from lapa.evaluation.study.results import StudyResults
from lapa.evaluation.study.statistics.crossed import Estimate
from lapa.evaluation.study.statistics.differences import verdict

OF_ARM = {
    "better": "is better than",
    "worse": "is worse than",
    "no difference shown": "shows no difference from",
}
"""Verdict on the first arm -> words between it and the others."""
OF_VARIANT = {
    "better": ("is better", "are better"),
    "worse": ("is worse", "are worse"),
    "no difference shown": ("shows no difference", "show no difference"),
}
"""Verdict on a variant, or on several -> words."""


def compared_arms(results: StudyResults, question: Question) -> list[str]:
    """A sentence on the first arm and all others that answered; none without another."""
    first, *others = results.arms
    groups = _by_verdict({other: difference(results, question, first, other) for other in others})
    facts = [
        f"{OF_ARM.get(kind, f'has {kind}, beside')} {joined(names)}"
        for kind, names in groups.items()
    ]
    return [f"There {first} {'; it '.join(facts)}."] if facts else []


def compared_variants(results: StudyResults, question: Question) -> list[str]:
    """A sentence on the variants of the first arm; none where there is one variant."""
    arm = results.arms[0]
    first = reference_variant(results, question.setting, arm, question.budget)
    if first is None:
        return []
    groups = _by_verdict(
        {
            variant: variant_difference(results, question, arm, variant, first)
            for variant in results.variants_of(question.setting)
            if variant != first
        }
    )
    facts = [_of_variants(kind, names) for kind, names in groups.items()]
    return [f"Beside variant {first} of {arm}, {'; '.join(facts)}."] if facts else []


def _of_variants(kind: str, names: list[str]) -> str:
    singular, plural = OF_VARIANT.get(kind, (f"has {kind}", f"have {kind}"))
    return f"{joined(names)} {singular if len(names) == 1 else plural}"


def _by_verdict(differences: Mapping[str, Estimate | None]) -> dict[str, list[str]]:
    """Verdict -> names, each with its difference; those without one are left out."""
    groups: dict[str, list[str]] = {}
    for name, gained in differences.items():
        if gained is not None:
            text = f"{name} ({percent(gained, signed=True, between=' ')} points)"
            groups.setdefault(verdict(gained), []).append(text)
    return groups
