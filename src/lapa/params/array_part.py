"""`part=3/64`: the share of an ingestion or a labelling that a run makes; `part=merge/64`: that it joins all of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Self, TypeVar

from lapa.params.base import Params
from lapa.refused import RefusedError

PART = "part"
"""Name of the parameter; it is given on the command line alone."""
MERGE = "merge"
IN_PARTS = ("ingestion", "labeling")
"""Pipelines that can be made in parts."""
Task = TypeVar("Task")


class ArrayPart(Params):
    """Part ``number`` of ``of``, counted from 1; without a number the merge of all of them."""

    number: int | None
    of: int

    @classmethod
    def of_text(cls, text: Any) -> Self:
        """Read ``3/64`` or ``merge/64``.

        Raises:
            RefusedError: it is neither.
        """
        match = re.fullmatch(rf"({MERGE}|[1-9]\d*)/([1-9]\d*)", str(text))
        if match is None or (match[1] != MERGE and int(match[1]) > int(match[2])):
            raise RefusedError(
                f"{PART} is {text!r}, expected k/n with k from 1 to n (--params={PART}=3/64), or "
                f"{MERGE}/n to join all n of them (--params={PART}={MERGE}/64)"
            )
        return cls(number=None if match[1] == MERGE else int(match[1]), of=int(match[2]))

    @property
    def merges(self) -> bool:
        """Whether it joins parts that are there, instead of making one."""
        return self.number is None

    def every(self) -> list[Self]:
        """All parts, first to last."""
        return [self.model_copy(update={"number": k}) for k in range(1, self.of + 1)]

    def taken(self, tasks: Sequence[Task]) -> Sequence[Task]:
        """Every n-th task, beginning with the k-th: so each part gets some of every split."""
        return tasks if self.number is None else tasks[self.number - 1 :: self.of]

    def __str__(self) -> str:
        return f"{self.number or MERGE}/{self.of}"
