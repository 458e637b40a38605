"""The YAML that says which RLDS field is the camera, the action, the instruction and so on.

One file per dataset family in ``fields/``; a new RLDS dataset is a new YAML, no code.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, NonNegativeInt, model_validator

from lapa.data.bad_input import bad
from lapa.data.sources.base.named_settings import built_in_names, known_names, load_named
from lapa.params.base import Params
from lapa.records import ActionMeaning

BUILT_IN = Path(__file__).parent / "fields"


class NumericField(Params):
    """One numeric field; its columns are appended to the action or state vector."""

    field: str
    """Path in ``features.json``, e.g. ``steps/action``."""
    names: tuple[str, ...]
    """One per column."""
    units: tuple[str, ...] = ()
    """One per column, or none where nobody knows."""
    columns: tuple[NonNegativeInt, ...] = ()
    """Which columns of the field, counted from 0; left out: all of them."""

    @model_validator(mode="after")
    def _one_unit_per_name(self) -> NumericField:
        if self.units and len(self.names) != len(self.units):
            raise ValueError(f"{self.field}: {len(self.names)} names but {len(self.units)} units")
        return self

    @model_validator(mode="after")
    def _one_column_per_name(self) -> NumericField:
        if self.columns and len(self.names) != len(self.columns):
            raise ValueError(
                f"{self.field}: {len(self.names)} names but {len(self.columns)} columns"
            )
        if len(set(self.columns)) != len(self.columns):
            raise ValueError(f"{self.field}: columns {list(self.columns)} name one twice")
        return self


class Extract(Params):
    """Part of a text field."""

    field: str
    pattern: str
    """Regular expression; the first group that matched is the value, no match leaves it empty."""


class FieldMap(Params):
    """Which field of an RLDS dataset is what."""

    datasets: dict[str, float]
    """Names in ``dataset_info.json`` this map is for, each with its control rate in Hz."""
    camera: str
    """The camera used unless another is asked for."""
    cameras: dict[str, str]
    """Short name to image field."""
    bgr: tuple[str, ...] = ()
    """Cameras whose published pictures have red and blue swapped; they are swapped back."""
    instruction: tuple[str, ...] = ()
    """Text fields; the first that is not empty at the first step counts."""
    actions: tuple[NumericField, ...] = ()
    actions_are: Literal["relative", "absolute", "mixed", "unknown"] | tuple[ActionMeaning, ...] = (
        "unknown"
    )
    """Differences (summed over time) or targets (subtracted): one word for all, or one per column of
    ``actions``. ``mixed`` alone does not tell which is which."""
    states: tuple[NumericField, ...] = ()
    episode_id: tuple[str, ...] = ()
    """Fields that together name an episode; without them the id is derived from the content."""
    environment: Extract | None = None
    success: str = ""
    """A per-step reward or flag whose last value is positive after a success, or one flag for the
    episode; empty: nobody knows."""
    notes: str = Field(default="", repr=False)
    """Traps of this dataset, for people."""

    @model_validator(mode="after")
    def _one_meaning_per_column(self) -> Self:
        width = sum(len(part.names) for part in self.actions)
        if isinstance(self.actions_are, tuple) and len(self.actions_are) != width:
            raise ValueError(
                f"actions_are has {len(self.actions_are)} entries, expected one for each of the {width} "
                "action columns, or one word for all"
            )
        return self

    @model_validator(mode="after")
    def _swapped_cameras_exist(self) -> Self:
        if unknown := sorted(set(self.bgr) - set(self.cameras)):
            raise ValueError(f"bgr names {unknown}, expected some of {sorted(self.cameras)}")
        return self

    def action_meanings(self) -> tuple[ActionMeaning, ...]:
        """What every action column is; empty where the map does not tell."""
        meaning = self.actions_are
        if isinstance(meaning, tuple):
            return meaning
        width = sum(len(part.names) for part in self.actions)
        return (meaning,) * width if meaning in ("relative", "absolute") else ()


def names_of(fields: tuple[NumericField, ...]) -> tuple[str, ...]:
    """Names of all columns."""
    return tuple(name for field in fields for name in field.names)


def units_of(fields: tuple[NumericField, ...]) -> tuple[str, ...]:
    """Units of all columns, unknown ones empty; none at all where no field has any."""
    padded = (field.units or ("",) * len(field.names) for field in fields)
    units = tuple(unit for part in padded for unit in part)
    return units if any(units) else ()


def load_field_map(fields: str | Path | Mapping[str, Any]) -> FieldMap:
    """Read a field map: a built-in name, a YAML file, or the mapping itself.

    Raises:
        SettingsError: neither a built-in name nor a file, or a wrong entry.
    """
    return load_named(FieldMap, fields, built_in=BUILT_IN, kind="field map")


def field_map_for(dataset: str) -> FieldMap:
    """Return the built-in map that lists ``dataset``.

    Raises:
        BadInputError: ``no_field_map``: no built-in map knows this dataset; others beside it may be.
    """
    known: dict[str, FieldMap] = {}
    for name in built_in_maps():
        fields = load_field_map(name)
        known.update(dict.fromkeys(fields.datasets, fields))
    if dataset not in known:
        detail = (
            f"no field map for RLDS dataset {dataset!r}; {known_names(dataset, list(known))}; "
            "or write one (docs/extend/source.md) and pass it as `fields`"
        )
        raise bad("no_field_map", detail, source=dataset)
    return known[dataset]


def built_in_maps() -> list[str]:
    """Names of the field maps that come with the package."""
    return built_in_names(BUILT_IN)
