"""What the study asks, what its arms are, and how large its grid is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lapa.evaluation.blocks import Note, Rows, Table
from lapa.evaluation.report.page import PageSection, plain_section
from lapa.evaluation.study.formatting import joined
from lapa.evaluation.study.keys import distinct_seeds
from lapa.evaluation.study.known_arms import arm_sentence
from lapa.evaluation.study.results import StudyResults


def question_section(results: StudyResults, question: str) -> PageSection:
    """The question, the arms and baselines it is put to, and the grid."""
    arms = tuple(
        (arm, arm_sentence(arm) or "An arm from outside the package.") for arm in results.arms
    )
    return plain_section(
        "The question",
        Note(text=question),
        Rows(table=Table(head=("arm", "what it is"), rows=arms)),
        Rows(table=Table(head=(), rows=_grid(results))),
    )


def _grid(results: StudyResults) -> tuple[tuple[str, str], ...]:
    seeds, subsets = distinct_seeds(results.cells)
    return (
        ("settings", joined(results.settings)),
        ("labelled episodes", _by_setting(results, results.budgets_of)),
        ("variants", _by_setting(results, results.variants_of)),
        ("pretraining seeds", f"{len(seeds)}: {joined([str(seed) for seed in seeds])}"),
        ("labelled subsets", f"{len(subsets)}: {joined([str(subset) for subset in subsets])}"),
        ("scenes", joined(_scenes(results))),
        ("cells", str(len(results.cells))),
    )


def _by_setting(
    results: StudyResults, values: Callable[[str], Sequence[str] | Sequence[int | None]]
) -> str:
    """Values of all settings, each named where they differ."""
    named = {
        setting: joined(["all" if value is None else str(value) for value in values(setting)])
        for setting in results.settings
    }
    distinct = list(dict.fromkeys(named.values()))
    if len(distinct) == 1:
        return distinct[0]
    return "; ".join(f"{setting}: {text}" for setting, text in named.items())


def _scenes(results: StudyResults) -> list[str]:
    """Scenes of every cell and criterion, the same for all arms."""
    every = {
        (one.first_seed, len(one.successes))
        for cell in results.cells
        for one in cell.outcomes.values()
    }
    return [f"{count} per criterion from seed {first}" for first, count in sorted(every)]
