"""The success that variants are told apart by: each task where they are few, and the mean over tasks."""

from __future__ import annotations

from lapa.evaluation.study.keys import SEEN, scenes_of
from lapa.evaluation.study.places import Places
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
