"""RLDS/TFDS tfrecords (Open X-Embodiment) as episodes, without TensorFlow.

A record is one episode; one record is in memory at a time, and of its images only those of the
chosen camera, still encoded. Frames and actions pair by row: RLDS stores as many actions as
observations, and the last action of an episode has no frame after it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lapa.data.bad_input import (
    BadInputError,
    OnBad,
    SettingsError,
    bad,
    naming,
    raise_bad,
    read_through,
)
from lapa.data.episode import Again, Episode
from lapa.data.media.encoded_frames import EncodedFrames
from lapa.data.media.jpeg import MAX_PIXELS
from lapa.data.sources.base.action_meaning import meaning_word
from lapa.data.sources.base.depth import is_deep, png_bits
from lapa.data.sources.rlds.features import FieldSchema, read_schema, tensor_of, texts_of
from lapa.data.sources.rlds.field_map import (
    FieldMap,
    NumericField,
    field_map_for,
    load_field_map,
    names_of,
    units_of,
)
from lapa.data.sources.rlds.folder import RldsFolder, find_folders, read_folder
from lapa.data.sources.rlds.tf_example import Feature, parse_example
from lapa.data.sources.tfrecord import Place, placed_records, read_record


def open_rlds(
    path: Path,
    *,
    report: OnBad = raise_bad,
    name: str = "",
    fields: str | Path | Mapping[str, Any] | None = None,
    camera: str = "",
    splits: tuple[str, ...] | None = None,
    fps: float | None = None,
    max_pixels: int = MAX_PIXELS,
) -> Iterator[Episode]:
    """Yield the episodes of every RLDS dataset at or up to two folders below ``path``.

    Args:
        path: a version folder (``…/1.0.0``), a dataset, or a folder of datasets.
        report: receives bad records and damaged files.
        name: dataset name of the episodes; the one in ``dataset_info.json`` when empty.
        fields: field map: built-in name, YAML file or mapping; chosen by dataset name when None.
        camera: short name of the camera; the map's default when empty.
        splits: TFDS splits to read; all when None.
        fps: control rate in Hz, instead of the map's.
        max_pixels: largest image decoded.

    Raises:
        MissingSourceError: ``path`` does not exist.
        SettingsError: no field map, camera or split of this name.
    """
    path = Path(path)
    given = None if fields is None else load_field_map(fields)

    def of_folder(found: Path) -> Iterator[Episode]:
        folder = read_folder(found)
        mapped = field_map_for(folder.name) if given is None else given
        reader = _reader(folder, mapped, name=name, camera=camera, fps=fps, max_pixels=max_pixels)
        for shard in folder.shards(splits, report=report):
            records = reader.episodes(shard, folder.expected_records(shard), report)
            yield from read_through(records, report, source=reader.source, item=shard.name)

    source = name or path.name
    with naming(source, str(path)):
        folders = find_folders(path, source=source, report=report)
    for found in folders:
        yield from read_through(of_folder(found), report, source=source, item=str(found))


def _reader(
    folder: RldsFolder,
    fields: FieldMap,
    *,
    name: str,
    camera: str,
    fps: float | None,
    max_pixels: int,
) -> _EpisodeReader:
    camera = camera or fields.camera
    if camera not in fields.cameras:
        raise SettingsError(f"{folder.name}: no camera {camera!r}, only {sorted(fields.cameras)}")
    if fps is None and folder.name not in fields.datasets:
        raise SettingsError(
            f"{folder.name}: the field map knows the control rate of {sorted(fields.datasets)} "
            "only; give `fps` in Hz"
        )
    return _EpisodeReader(
        source=name or folder.name,
        schema=read_schema(folder.path / "features.json"),
        fields=fields,
        camera=camera,
        fps=fps if fps is not None else fields.datasets[folder.name],
        max_pixels=max_pixels,
    )


@dataclass(frozen=True)
class _EpisodeReader:
    """Turns the records of one dataset into episodes."""

    source: str
    schema: Mapping[str, FieldSchema]
    fields: FieldMap
    camera: str
    fps: float
    max_pixels: int

    def episodes(self, shard: Path, expected: int | None, report: OnBad) -> Iterator[Episode]:
        """Yield the episodes of one tfrecord file and check their number against the manifest."""
        last = -1
        for place, data in placed_records(shard, source=self.source, report=report):
            last = place.number
            try:
                episode = self._placed(place, data)
            except BadInputError as error:
                report(error.record)
                continue
            yield replace(episode, again=Again(self.read, place))
        if expected is not None and last + 1 < expected:
            detail = (
                f"{last + 1} readable records, dataset_info.json says {expected}: the rest is lost"
            )
            report(bad("missing_records", detail, source=self.source, item=shard.name).record)

    def read(self, place: Place) -> Episode:
        """Read one episode.

        Raises:
            BadInputError: its record is damaged.
        """
        with naming(self.source, f"{place.path.name} record {place.number}"):
            data = read_record(place)
        return self._placed(place, data)

    def _placed(self, place: Place, data: bytes) -> Episode:
        with naming(self.source, f"{place.path.name} record {place.number}"):
            return self._episode(place.path, place.number, data)

    def _episode(self, shard: Path, number: int, data: bytes) -> Episode:
        example = parse_example(data)
        images = self._images(example)
        episode_id = self._episode_id(example, data)
        return Episode(
            source=self.source,
            episode_id=episode_id,
            num_frames=len(images),
            fps=self.fps,
            read_frames=EncodedFrames(images, self.source, episode_id, self.max_pixels),
            instruction=self._instruction(example),
            actions=self._rows(example, self.fields.actions, len(images)),
            action_names=names_of(self.fields.actions),
            action_units=units_of(self.fields.actions),
            actions_are=self.fields.action_meanings(),
            states=self._rows(example, self.fields.states, len(images)),
            state_names=names_of(self.fields.states),
            environment=self._environment(example),
            success=self._success(example),
            provenance={
                "file": shard.name,
                "record": number,
                "camera": self.camera,
                "actions_are": self._meaning_word(),
            },
        )

    def _meaning_word(self) -> str:
        told = self.fields.actions_are
        return told if isinstance(told, str) else meaning_word(told)

    def _field(self, example: Mapping[str, Feature], name: str) -> tuple[FieldSchema, Feature]:
        if name not in self.schema or name not in example:
            where = "features.json" if name not in self.schema else "this record"
            raise bad("missing_field", f"{where} has no {name!r}; known: {sorted(self.schema)}")
        return self.schema[name], example[name]

    def _images(self, example: Mapping[str, Feature]) -> tuple[bytes, ...]:
        name = self.fields.cameras[self.camera]
        values = self._field(example, name)[1].values()
        if not isinstance(values, list) or not values:
            raise bad("no_images", f"{name} holds {len(values)} numbers, expected encoded images")
        if is_deep(bits := png_bits(values[0])):
            raise bad("depth_not_color", f"{name}: one channel of {bits[0]} bits: depth")
        return tuple(values)

    def _rows(
        self, example: Mapping[str, Feature], fields: tuple[NumericField, ...], num_frames: int
    ) -> NDArray[np.float32] | None:
        if not fields:
            return None
        columns = [self._column_block(example, field, num_frames) for field in fields]
        return np.concatenate(columns, axis=1)

    def _column_block(
        self, example: Mapping[str, Feature], field: NumericField, num_frames: int
    ) -> NDArray[np.float32]:
        rows = tensor_of(field.field, *self._field(example, field.field)).astype(np.float32)
        rows = rows.reshape(len(rows), -1)
        if rows.shape != (num_frames, len(field.names)):
            expected = (num_frames, len(field.names))
            raise bad("wrong_shape", f"{field.field} is {rows.shape}, expected {expected}")
        return rows

    def _instruction(self, example: Mapping[str, Feature]) -> str:
        for name in self.fields.instruction:
            if name in example and name in self.schema:
                texts = texts_of(name, self.schema[name], example[name])
                if texts and texts[0]:
                    return texts[0]
        return ""

    def _text(self, example: Mapping[str, Feature], name: str) -> str:
        if name not in example or name not in self.schema:
            return ""
        field = self.schema[name]
        if field.kind == "text":
            return next(iter(texts_of(name, field, example[name])), "")
        numbers = tensor_of(name, field, example[name]).ravel()
        return str(numbers[0]) if len(numbers) else ""

    def _episode_id(self, example: Mapping[str, Feature], data: bytes) -> str:
        parts = [self._text(example, name) for name in self.fields.episode_id]
        if not any(parts):
            return f"sha256-{hashlib.sha256(data).hexdigest()[:16]}"
        return "#".join(parts)

    def _environment(self, example: Mapping[str, Feature]) -> str:
        if self.fields.environment is None:
            return ""
        text = self._text(example, self.fields.environment.field)
        match = re.search(self.fields.environment.pattern, text)
        return next((group for group in match.groups() if group), "") if match else ""

    def _success(self, example: Mapping[str, Feature]) -> bool | None:
        if self.fields.success not in example:
            return None
        reward = tensor_of(self.fields.success, *self._field(example, self.fields.success))
        return bool(reward[-1] > 0) if len(reward) else None
