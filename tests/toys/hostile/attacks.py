"""Every attack with the kind of source it is for and the reason it must be refused by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lapa.data.bad_input import BadInputError, BadInputs, BadRecord, SettingsError
from lapa.data.sources.registry import open_source
from toys.hostile import hdf5, pictures, tables, texts

ABSURD = "absurd_dimensions"


@dataclass(frozen=True)
class Attack:
    """What lies in a source."""

    name: str
    build: Callable[[Path], None]
    """Writes it below a folder; the recording that it spoils is called ``b``."""
    kind: str
    reason: str
    options: Mapping[str, str | float] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What came of reading a source under the policy ``skip``."""

    records: list[BadRecord]
    episodes: int
    refused: str = ""
    """The message, where the setting itself was refused."""


def read_attack(attack: Attack, folder: Path) -> Outcome:
    """Read everything that is left, frames included."""
    report, episodes = BadInputs(), 0
    options = {
        name: str(folder / str(value)) if name == "fields" else value
        for name, value in attack.options.items()
    }
    try:
        for episode in open_source(attack.kind, folder, report=report, **options):
            try:
                episode.frames(range(2))
                episodes += 1
            except BadInputError as error:
                report(error.record)
    except SettingsError as error:
        return Outcome(report.records, episodes, str(error))
    return Outcome(report.records, episodes)


def _hdf5(name: str, build: Callable[[Path], None], reason: str = "external_hdf5") -> Attack:
    return Attack(f"HDF5: {name}", build, "hdf5", reason)


def _videos(name: str, build: Callable[[Path], None], reason: str) -> Attack:
    return Attack(name, build, "video_folder", reason)


def _images(name: str, build: Callable[[Path], None], reason: str = ABSURD) -> Attack:
    return Attack(name, build, "image_folder", reason, {"fps": 10})


def _arrays(name: str, build: Callable[[Path], None], reason: str, fields: str = "npz") -> Attack:
    options = {"fields": fields} if fields.endswith(".yml") else {}
    return Attack(name, build, "video_with_arrays", reason, options)


def _rlds(name: str, build: Callable[[Path], None], reason: str) -> Attack:
    return Attack(f"tfrecord: {name}", build, "rlds", reason)


def _lerobot(name: str, build: Callable[[Path], None], reason: str = ABSURD) -> Attack:
    return Attack(f"LeRobot: {name}", build, "lerobot", reason)


ATTACKS: tuple[Attack, ...] = (
    _hdf5("external link to another file", hdf5.external_link),
    _hdf5("external storage", hdf5.external_storage),
    _hdf5("virtual dataset of a part stored elsewhere", hdf5.virtual_of_external_storage),
    _hdf5("the layout itself behind external links", hdf5.layout_behind_a_link),
    _hdf5("160 GB of actions that were never written", hdf5.endless_rows, ABSURD),
    _hdf5("a chunk of 1 GB", hdf5.huge_chunk, ABSURD),
    _videos("JSON caption nested 100,000 deep", texts.deep_json, "unreadable_instructions"),
    _videos("57 MB of JSON brackets", texts.wide_json, ABSURD),
    _videos("caption of 5 GB", texts.large_caption, ABSURD),
    _videos("mapping file that is a pipe", texts.caption_is_a_pipe, "not_a_file"),
    _videos("caption linked from outside", texts.caption_leaves, "unsafe_path"),
    _videos("name that steers the terminal", texts.control_characters, "empty_video"),
    _arrays("NPZ header of 2^40 numbers", texts.npz_header, ABSURD),
    _arrays("zip bomb of 1.2 GB", texts.zip_bomb, ABSURD),
    _arrays("YAML with 10^10 aliases", texts.yaml_bomb, "", "fields.yml"),
    _arrays("YAML tag that runs a program", texts.yaml_tag, "", "fields.yml"),
    _images("PNG of 30000 x 30000", pictures.large_png),
    _images("JPEG of 30000 x 30000", pictures.large_jpeg),
    _images("PNG file of 5 GB", pictures.long_png),
    _videos("MP4 header of 30000 x 30000", pictures.large_video, ABSURD),
    _videos("MP4 of 2^30 frames", pictures.endless_video, "unreadable_video"),
    _rlds("record of 2^60 bytes", tables.absurd_length, "truncated_tfrecord"),
    _rlds("record of 5 GB", tables.large_record, ABSURD),
    _rlds("wrong checksum", tables.wrong_checksum, "wrong_crc"),
    _rlds("link to /dev/zero", tables.tfrecord_is_a_device, "not_a_file"),
    _lerobot("parquet text of 1 MB, 20,000 times in 301 bytes", tables.dictionary_text),
    _lerobot("parquet of 12 million constant rows", tables.constant_rows),
    _lerobot("info.json of 5 GB", tables.sparse_info),
    _lerobot("JSON line of 5 GB", tables.endless_line),
    _lerobot("path template that leaves the dataset", tables.path_leaves, "unsafe_path"),
    _lerobot("path template a billion digits wide", tables.wide_path, "broken_info"),
)
