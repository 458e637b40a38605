"""RLDS/TFDS tfrecords (Open X-Embodiment) as episodes, without TensorFlow.

A record is one episode; one record is in memory at a time, and of its images only those of the
chosen camera, still encoded. Frames and actions pair by row: RLDS stores as many actions as
observations, and the last action of an episode has no frame after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lapa.data.bad_input import OnBad, SettingsError, naming, raise_bad, read_through
from lapa.data.episode import Episode
from lapa.data.limits import MAX_PIXELS
from lapa.data.sources.rlds.episode import RecordReader
from lapa.data.sources.rlds.features import read_schema
from lapa.data.sources.rlds.field_map import FieldMap, field_map_for, load_field_map
from lapa.data.sources.rlds.folder import RldsFolder, find_folders, read_folder


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

    def of_folder(version: Path) -> Iterator[Episode]:
        folder = read_folder(version)
        mapped = field_map_for(folder.name) if given is None else given
        reader = _reader(folder, mapped, name=name, camera=camera, fps=fps, max_pixels=max_pixels)
        for shard in folder.shards(splits, report=report):
            records = reader.episodes(shard, folder.expected_records(shard), report)
            yield from read_through(records, report, source=reader.source, item=shard.name)

    source = name or path.name
    with naming(source, str(path)):
        folders = find_folders(path, source=source, report=report)
    for version in folders:
        yield from read_through(of_folder(version), report, source=source, item=str(version))


def _reader(
    folder: RldsFolder,
    fields: FieldMap,
    *,
    name: str,
    camera: str,
    fps: float | None,
    max_pixels: int,
) -> RecordReader:
    camera = camera or fields.camera
    if camera not in fields.cameras:
        raise SettingsError(f"{folder.name}: no camera {camera!r}, only {sorted(fields.cameras)}")
    if fps is None and folder.name not in fields.datasets:
        raise SettingsError(
            f"{folder.name}: the field map knows the control rate of {sorted(fields.datasets)} "
            "only; give `fps` in Hz"
        )
    return RecordReader(
        source=name or folder.name,
        schema=read_schema(folder.path / "features.json"),
        fields=fields,
        camera=camera,
        is_bgr=camera in fields.bgr and not folder.has_mended_channels,
        fps=fps if fps is not None else fields.datasets[folder.name],
        max_pixels=max_pixels,
    )
