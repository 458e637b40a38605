"""Turns the records of one RLDS dataset into `Episode`s, one record in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from lapa.data.bad_input import BadInputError, OnBad, bad, naming
from lapa.data.episode import Again, Episode
from lapa.data.media.encoded_frames import EncodedFrames
from lapa.data.sources.base.action_meaning import meaning_word
from lapa.data.sources.rlds.features import FieldSchema
from lapa.data.sources.rlds.field_map import FieldMap, names_of, units_of
from lapa.data.sources.rlds.record_fields import RecordFields
from lapa.data.sources.rlds.tf_example import parse_example
from lapa.data.sources.tfrecord import RecordPlace, placed_records, read_record


@dataclass(frozen=True, kw_only=True)
class RecordReader:
    """Reads the records of one dataset; plain data, so other processes can read them too."""

    source: str
    schema: Mapping[str, FieldSchema]
    fields: FieldMap
    camera: str
    is_bgr: bool
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

    def read(self, place: RecordPlace) -> Episode:
        """Read one episode.

        Raises:
            BadInputError: its record is damaged.
        """
        with naming(self.source, f"{place.path.name} record {place.number}"):
            data = read_record(place)
        return self._placed(place, data)

    def _placed(self, place: RecordPlace, data: bytes) -> Episode:
        with naming(self.source, f"{place.path.name} record {place.number}"):
            return self._episode(place.path, place.number, data)

    def _episode(self, shard: Path, number: int, data: bytes) -> Episode:
        record = RecordFields(example=parse_example(data), schema=self.schema, fields=self.fields)
        images = record.images(self.camera)
        episode_id = record.episode_id(data)
        return Episode(
            source=self.source,
            episode_id=episode_id,
            num_frames=len(images),
            fps=self.fps,
            read_frames=EncodedFrames(
                images, self.source, episode_id, self.max_pixels, self.is_bgr
            ),
            instruction=record.instruction(),
            actions=record.rows(self.fields.actions, len(images)),
            action_names=names_of(self.fields.actions),
            action_units=units_of(self.fields.actions),
            actions_are=self.fields.action_meanings(),
            states=record.rows(self.fields.states, len(images)),
            state_names=names_of(self.fields.states),
            environment=record.environment(),
            success=record.success(),
            provenance={
                "file": shard.name,
                "record": number,
                "camera": self.camera,
                "actions_are": self._meaning_word(),
                **({"image_format": "BGR"} if self.is_bgr else {}),
            },
        )

    def _meaning_word(self) -> str:
        meaning = self.fields.actions_are
        return meaning if isinstance(meaning, str) else meaning_word(meaning)
