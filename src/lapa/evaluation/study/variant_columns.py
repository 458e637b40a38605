"""Columns of the tables of variants: what their rows differ in, and the success that variants are told apart by."""

from __future__ import annotations

from lapa.evaluation.study.keys import SEEN, scenes_of
from lapa.evaluation.study.places import Places, budgets_in_words
from lapa.evaluation.study.question import Question, shown_questions, tasks_question
from lapa.evaluation.study.results import StudyResults

Columns = dict[str, Question]
"""Title -> question, of one setting."""


def columns_of(results: StudyResults, setting: str, budget: int | None) -> Columns:
    """Each task in plain scenes where tasks are few, and the mean over tasks in every kind of scenes."""
    means = [tasks_question(results, setting, k, budget) for k in results.scenes(setting)]
    each = [
        q for q in shown_questions(results, setting, budget) if scenes_of(q.criteria[0]) == SEEN
    ]
    return {question.title: question for question in (*each, *means)}


def titles_of(results: StudyResults, places: Places) -> list[str]:
    """Titles of the columns of all settings, each once."""
    every = (columns_of(results, setting, budget) for setting, budget in places.items())
    return list(dict.fromkeys(title for columns in every for title in columns))


def facts_told_apart(results: StudyResults, places: Places) -> list[str]:
    """Which of setting, labels and arm the rows differ in; a column says these alone, `told_once` the rest."""
    differs = {
        "setting": len(places) > 1,
        "labels": len(set(places.values())) > 1,
        "arm": len(results.arms) > 1,
    }
    return [name for name, is_told in differs.items() if is_told]


def row_facts(results: StudyResults, places: Places, setting: str, arm: str) -> tuple[str, ...]:
    """What a row says in the columns of `facts_told_apart`."""
    budget = places[setting]
    words = {"setting": setting, "labels": "all" if budget is None else str(budget), "arm": arm}
    return tuple(words[name] for name in facts_told_apart(results, places))


def told_once(results: StudyResults, places: Places) -> str:
    """What all rows have in common; empty where that is nothing."""
    apart = facts_told_apart(results, places)
    words = {
        "setting": "".join(list(places)[:1]),
        "arm": results.arms[0],
        "labels": budgets_in_words(places),
    }
    return ", ".join(text for name, text in words.items() if name not in apart)
