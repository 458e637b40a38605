"""Field maps for video with side files: which key of a JSON or NPZ file means what."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from lapa.data.sources.base.named_settings import built_in_names, load_named
from lapa.data.sources.video.action_interval import ColumnKind
from lapa.params.base import Params

BUILT_IN = Path(__file__).parent / "fields"


class ArrayColumns(Params):
    """One array of the side file that becomes some columns of the action or state vector."""

    field: str
    """Key in the side file."""
    names: tuple[str, ...] = ()
    """One per column; numbered when empty."""
    units: tuple[str, ...] = ()
    """One per column, or none."""
    kind: ColumnKind | tuple[ColumnKind, ...] | None = None
    """Target or difference, of all columns or one per column; unknown when left out, which
    ``actions="accumulate"`` takes for targets."""

    @model_validator(mode="after")
    def _one_kind_per_column(self) -> ArrayColumns:
        if isinstance(self.kind, tuple) and len(self.kind) != len(self.names):
            raise ValueError(
                f"{self.field}: {len(self.kind)} kinds but {len(self.names)} names; expected one kind "
                "per column, or one for all"
            )
        return self

    def kinds(self, width: int) -> tuple[ColumnKind, ...]:
        """Kind of each of ``width`` columns; empty where nobody says."""
        if self.kind is None:
            return ()
        return self.kind if isinstance(self.kind, tuple) else (self.kind,) * width


class ArrayFields(Params):
    """How to read one kind of side file; keys are literal, or dotted paths into nested JSON."""

    side_files: str
    """Glob below the given path; JSON or NPZ."""
    video: str
    """Where the video is: ``key:<path into the side file>`` or ``file:<relative path>``; may hold
    ``{camera}`` and, for ``file:``, ``{stem}`` of the side file."""
    cameras: tuple[str, ...] = ("0",)
    """Values of ``{camera}``; the first is the default."""
    actions: tuple[ArrayColumns, ...] = ()
    """Joined to the action vector. All absent from a side file: an action-free recording."""
    rows_per_frame: int = Field(default=1, gt=0)
    """Raw action rows per video frame, e.g. 3 for 15 Hz actions beside 5 fps video."""
    states: tuple[ArrayColumns, ...] = ()
    """Joined to the state vector, one row per video frame."""
    instruction: tuple[str, ...] = ()
    """Keys to try; the first non-empty text (or first text of a list) is taken."""
    success: str | None = None
    """Key of 0/1 or false/true."""
    environment: str | None = None
    fps: float | None = Field(default=None, gt=0)
    """Control rate in Hz; None takes the video's."""
    notes: str = Field(default="", repr=False)
    """Traps of this data, for people."""


def load_array_fields(fields: str | Path | Mapping[str, Any]) -> ArrayFields:
    """Read a field map: a built-in name, a YAML file, or the mapping itself.

    Raises:
        SettingsError: neither a built-in name nor a file, or a wrong entry.
    """
    return load_named(ArrayFields, fields, built_in=BUILT_IN, kind="field map")


def built_in_maps() -> list[str]:
    """Names of the field maps that come with the package."""
    return built_in_names(BUILT_IN)


def value_at(contents: Mapping[str, Any], key: str) -> Any:
    """Return ``contents[key]``, or follow its dots into nested objects and lists; None if absent."""
    if key in contents:
        return contents[key]
    value: Any = contents
    for part in key.split("."):
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value
