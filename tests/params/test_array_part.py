"""Which tasks belong to which part: each to one, whatever their number."""

from __future__ import annotations

import pytest

from lapa.params.array_part import ArrayPart


@pytest.mark.parametrize(("tasks", "of"), [(10, 3), (2, 5), (0, 2), (7, 1)])
def test_every_task_belongs_to_one_part(tasks: int, of: int) -> None:
    merge = ArrayPart.of_text(f"merge/{of}")
    taken = [task for part in merge.every() for task in part.taken(range(tasks))]
    assert sorted(taken) == list(range(tasks))
    sizes = {len(part.taken(range(tasks))) for part in merge.every()}
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize("text", ["3/64", "merge/64"])
def test_a_part_is_written_as_it_is_read(text: str) -> None:
    assert str(ArrayPart.of_text(text)) == text
    assert ArrayPart.of_text(text).merges == text.startswith("merge")
