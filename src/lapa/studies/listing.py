"""What is said of a study before anything is run: cells, labelled episodes, the runs that are needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.table import Table

from lapa.params.study import StudyParams
from lapa.records import CellKey
from lapa.studies.durations import Durations, as_text
from lapa.studies.grid import ALL
from lapa.studies.orders import RunOrder


def cells_table(study: str, states: Mapping[CellKey, str]) -> Table:
    """Every cell with its state."""
    table = Table("cell", "state", title=f"{study}: {len(states)} cells")
    for key, state in states.items():
        table.add_row(key.name, state)
    return table


def labeled_line(params: StudyParams) -> str:
    """How many episodes are labelled, and where nobody chose that: then it is all of them."""
    if "budgets" not in params.model_fields_set:
        return "Labelled episodes: all of the robot set (nall), for the file has no budgets."
    budgets = (ALL if budget is None else str(budget) for budget in params.budgets)
    return f"Labelled episodes: {', '.join(budgets)}."


def runs_table(orders: Sequence[RunOrder], durations: Durations) -> Table:
    """The runs that are needed by kind, with the time that they take."""
    table = Table("runs", "number", "each", "all", title=f"{len(orders)} runs are needed")
    for kind in dict.fromkeys(order.kind for order in orders):
        of_kind = [order for order in orders if order.kind == kind]
        each = durations.of(of_kind[0])
        times = ("?", "?") if each is None else (as_text(each), as_text(each * len(of_kind)))
        table.add_row(kind, str(len(of_kind)), *times)
    return table
