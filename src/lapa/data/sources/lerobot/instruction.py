"""Where a LeRobot episode's instruction is written: three places, in a fixed order of trust.

A described annotation is what a person wrote about the action; the task index comes next; the
episode list comes last, because some recorders mix verdicts ("valid") into its tasks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from lapa.data.sources.lerobot.table import EpisodeTable, single


def instruction_columns(table: EpisodeTable, wanted: str) -> list[str]:
    """Return the columns that may hold the instruction, best first; only ``wanted`` if given.

    Raises:
        BadInputError: ``wanted`` is not a column of the table.
    """
    if wanted:
        table.require([wanted])
        return [wanted]
    described = [
        column
        for column in table.columns
        if column.startswith("annotation.") and column.endswith("task_description")
    ]
    return [*described[:1], *(["task_index"] if "task_index" in table.columns else [])]


def instruction_of(
    rows: pa.Table, columns: Sequence[str], tasks: Mapping[int, str], listed: Sequence[str]
) -> tuple[str, tuple[str, ...]]:
    """Return the episode's instruction and a note where its column holds several.

    Args:
        rows: of one episode.
        columns: texts or task indices, best first.
        tasks: text by task index.
        listed: texts of the episode list, the last resort.
    """
    for column in columns:
        texts = Counter(_text(value, tasks) for value in rows[column].to_pylist())
        text, _ = texts.most_common(1)[0]
        if text:
            notes = (f"{column} holds {len(texts)} texts, took the commonest",)
            return text, notes if len(texts) > 1 else ()
    return (listed[0] if listed else ""), ()


def _text(value: Any, tasks: Mapping[int, str]) -> str:
    """A text column holds the text, an integer column its task index; either may be a list of one."""
    value = single(value)
    if isinstance(value, str):
        return value
    is_index = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return tasks.get(int(value), "") if is_index else ""
