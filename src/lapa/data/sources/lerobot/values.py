"""Actions and states of a LeRobot dataset: which columns, what they are, in which units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from lapa.data.bad_input import BadInputError, bad
from lapa.data.sources.base.action_meaning import Meaning, given_meaning, measured_meaning
from lapa.data.sources.base.rows import Rows, float_rows
from lapa.data.sources.lerobot.columns import ACTIONS, STATES, joined_names, value_columns
from lapa.data.sources.lerobot.entry import EpisodeEntry
from lapa.data.sources.lerobot.meta import LeRobotInfo
from lapa.data.sources.lerobot.table import EpisodeTable, rows_of_lists, single
from lapa.records import ActionMeaning

SUCCESS = "next.success"
"""True in the row where the task was done."""

ValueColumns = tuple[tuple[str, ...], tuple[str, ...]]
"""Those of the actions, those of the states."""


@dataclass(frozen=True, kw_only=True)
class ValueOptions:
    """What a user says about actions and states; everything empty: found out."""

    action_column: str = ""
    state_column: str = ""
    actions_are: str | tuple[str, ...] = ()
    action_units: str | tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NamedRows:
    """Joined columns of one episode."""

    rows: Rows
    names: tuple[str, ...]


@dataclass(kw_only=True)
class ActionsAndStates:
    """Finds and describes the actions and states of one dataset."""

    info: LeRobotInfo
    options: ValueOptions
    meaning: Meaning = field(default_factory=Meaning)
    """What the actions are; see `measure`."""

    def columns(self, table: EpisodeTable) -> ValueColumns:
        """Return the columns of actions and states that a parquet file must have.

        Raises:
            BadInputError: the user named one that is not there.
        """
        options, info = self.options, self.info
        return (
            value_columns(info, table.columns, options.action_column, ACTIONS),
            value_columns(info, table.columns, options.state_column, STATES),
        )

    def joined(self, rows: pa.Table, columns: Sequence[str]) -> NamedRows | None:
        """Return these columns side by side; None where there are none.

        Raises:
            BadInputError: empty, ragged, not numbers, not finite.
        """
        if not columns:
            return None
        parts = [float_rows(rows_of_lists(rows[column], column), column) for column in columns]
        names = joined_names(self.info, columns, [part.shape[1] for part in parts])
        return NamedRows(rows=np.concatenate(parts, axis=1), names=names)

    def measure(self, entries: Iterable[EpisodeEntry]) -> None:
        """Find out from some episodes what the actions are; bad episodes are reported when read."""
        if self.options.actions_are:
            self.meaning = Meaning(known_by="said by the option actions_are")
            return
        measurable = [pair for entry in entries if (pair := self._measurable(entry))]
        if measurable:
            names = [(actions.names, states.names) for actions, states in measurable]
            alike = [pair for pair, own in zip(measurable, names, strict=True) if own == names[0]]
            self.meaning = measured_meaning(
                [(actions.rows, states.rows) for actions, states in alike],
                action_names=names[0][0],
                state_names=names[0][1],
            )

    def _measurable(self, entry: EpisodeEntry) -> tuple[NamedRows, NamedRows] | None:
        try:
            table = EpisodeTable(entry.table)
            of_actions, of_states = self.columns(table)
            number = entry.index if entry.shares_table else None
            rows = table.read(number, list(dict.fromkeys([*of_actions, *of_states])))
            actions, states = self.joined(rows, of_actions), self.joined(rows, of_states)
        except BadInputError:
            return None
        return None if actions is None or states is None else (actions, states)

    def actions_are(self, actions: NamedRows | None) -> tuple[ActionMeaning, ...]:
        """Return what each dimension is, as told or measured; empty for unknown.

        Raises:
            BadInputError: told of another number of dimensions.
        """
        if actions is None:
            return ()
        if self.options.actions_are:
            return given_meaning(self.options.actions_are, len(actions.names))
        measured = self.meaning.actions_are
        return measured if len(measured) == len(actions.names) else ()

    def action_units(self, actions: NamedRows | None) -> tuple[str, ...]:
        """Return the units that the user gave: LeRobot itself has none.

        Raises:
            BadInputError: given for another number of dimensions.
        """
        given = self.options.action_units
        if actions is None or not given:
            return ()
        width = len(actions.names)
        units = (given,) * width if isinstance(given, str) else given
        if len(units) != width:
            detail = f"action_units has {len(units)} entries, the actions have {width} dimensions"
            raise bad("wrong_option", f"{detail}; give one unit for all, or one per dimension")
        return units


def success_of(rows: pa.Table) -> bool | None:
    """Tell whether a row says success: a flag, a 0/1, or either in a list of one; None: unknown."""
    if SUCCESS not in rows.column_names:
        return None
    values: list[Any] = [single(value) for value in rows[SUCCESS].to_pylist()]
    said = [bool(value) for value in values if isinstance(value, bool | int | float)]
    return any(said) if said else None
