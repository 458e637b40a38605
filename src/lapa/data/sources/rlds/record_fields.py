"""What the mapped fields of one RLDS record hold: images, rows, texts, the outcome."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.data.bad_input import bad
from lapa.data.sources.base.depth import is_deep, png_bits
from lapa.data.sources.rlds.features import FieldSchema, tensor_of, texts_of
from lapa.data.sources.rlds.field_map import FieldMap, NumericField
from lapa.data.sources.rlds.tf_example import WireFeature


@dataclass(frozen=True, kw_only=True)
class RecordFields:
    """One record, seen through its schema and the field map; converts only what is asked for."""

    example: Mapping[str, WireFeature]
    schema: Mapping[str, FieldSchema]
    fields: FieldMap

    def images(self, camera: str) -> tuple[bytes, ...]:
        """Return the encoded images of a camera.

        Raises:
            BadInputError: ``missing_field``, ``no_images`` or ``depth_not_color``.
        """
        name = self.fields.cameras[camera]
        values = self._field(name)[1].values()
        if not isinstance(values, list) or not values:
            raise bad("no_images", f"{name} holds {len(values)} numbers, expected encoded images")
        if is_deep(bits := png_bits(values[0])):
            raise bad("depth_not_color", f"{name}: one channel of {bits[0]} bits: depth")
        return tuple(values)

    def rows(self, fields: tuple[NumericField, ...], num_frames: int) -> NDArray[np.float32] | None:
        """Return numeric fields side by side, ``float32 (num_frames, column)``; None without any.

        Raises:
            BadInputError: ``missing_field`` or ``wrong_shape``.
        """
        if not fields:
            return None
        return np.concatenate([self._block(field, num_frames) for field in fields], axis=1)

    def instruction(self) -> str:
        """Return the first instruction that is not empty; empty where nobody wrote one."""
        for name in self.fields.instruction:
            if name in self.example and name in self.schema:
                texts = texts_of(name, self.schema[name], self.example[name])
                if texts and texts[0]:
                    return texts[0]
        return ""

    def episode_id(self, data: bytes) -> str:
        """Return the mapped id, or one derived from the record's bytes."""
        parts = [self._text(name) for name in self.fields.episode_id]
        if not any(parts):
            return f"sha256-{hashlib.sha256(data).hexdigest()[:16]}"
        return "#".join(parts)

    def environment(self) -> str:
        """Return the part of a text that names the scene; empty where the map knows none."""
        if self.fields.environment is None:
            return ""
        text = self._text(self.fields.environment.field)
        match = re.search(self.fields.environment.pattern, text)
        return next((group for group in match.groups() if group), "") if match else ""

    def success(self) -> bool | None:
        """Tell whether the last reward is positive; None where nobody knows."""
        if self.fields.success not in self.example:
            return None
        reward = tensor_of(self.fields.success, *self._field(self.fields.success))
        return bool(reward[-1] > 0) if len(reward) else None

    def _field(self, name: str) -> tuple[FieldSchema, WireFeature]:
        if name not in self.schema or name not in self.example:
            where = "features.json" if name not in self.schema else "this record"
            raise bad("missing_field", f"{where} has no {name!r}; known: {sorted(self.schema)}")
        return self.schema[name], self.example[name]

    def _block(self, field: NumericField, num_frames: int) -> NDArray[np.float32]:
        rows = tensor_of(field.field, *self._field(field.field)).astype(np.float32)
        rows = rows.reshape(len(rows), -1)
        if field.columns:
            rows = _columns(field, rows)
        if rows.shape != (num_frames, len(field.names)):
            expected = (num_frames, len(field.names))
            raise bad("wrong_shape", f"{field.field} is {rows.shape}, expected {expected}")
        return rows

    def _text(self, name: str) -> str:
        if name not in self.example or name not in self.schema:
            return ""
        field = self.schema[name]
        if field.kind == "text":
            return next(iter(texts_of(name, field, self.example[name])), "")
        numbers = tensor_of(name, field, self.example[name]).ravel()
        return str(numbers[0]) if len(numbers) else ""


def _columns(field: NumericField, rows: NDArray[np.float32]) -> NDArray[np.float32]:
    width = rows.shape[1]
    if width <= max(field.columns):
        detail = f"{field.field} has {width} columns, the field map takes {list(field.columns)}"
        raise bad("wrong_shape", detail)
    return rows[:, list(field.columns)]
