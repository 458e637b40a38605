"""LeRobot v3.0: many episodes per parquet and mp4 file, located by ``meta/episodes``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lapa.data.bad_input import bad, naming
from lapa.data.sources.lerobot.entry import ChosenCamera, EpisodeEntry, choose_camera, count_notes
from lapa.data.sources.lerobot.meta import LeRobotInfo, path_inside
from lapa.data.sources.lerobot.parquet import open_parquet, read_batches
from lapa.data.sources.lerobot.table import single

LOCATION = ("episode_index", "data/chunk_index", "data/file_index")
"""Columns without which the rows of an episode cannot be found."""

Row = Mapping[str, Any]


def list_v3(root: Path, info: LeRobotInfo, camera: str) -> Iterator[EpisodeEntry]:
    """Yield the episodes of a v3 dataset in the order of ``meta/episodes``.

    Raises:
        BadInputError: no or broken episode tables, missing columns, or no usable camera.
    """
    files = sorted(root.glob("meta/episodes/chunk-*/file-*.parquet"))
    if not files:
        raise bad("no_episodes", "no meta/episodes/chunk-*/file-*.parquet")
    total = sum(open_parquet(path).metadata.num_rows for path in files)
    first = next(_rows(files), None)
    if first is None:
        raise bad("no_episodes", "meta/episodes lists no episode")

    def first_file(key: str) -> Path | None:
        if info.features[key].dtype == "image":
            return path_inside(root, info.data_path, _data_fields(first))
        videos = (_video_file(root, info, r, key) for r in _rows(files) if _lists_video(r, key))
        return next((path for path in videos if path.is_file()), None)

    chosen = choose_camera(info, first_file, camera)
    notes = chosen.absent + count_notes(info, total)
    seen: set[int] = set()
    for row in _rows(files):
        if row["episode_index"] in seen:
            raise bad("duplicate_episode", f"meta/episodes lists {row['episode_index']} twice")
        seen.add(row["episode_index"])
        yield _entry(root, info, row, chosen, notes)


def _entry(
    root: Path, info: LeRobotInfo, row: Row, chosen: ChosenCamera, notes: tuple[str, ...]
) -> EpisodeEntry:
    camera = chosen.camera
    is_video = info.features[camera].dtype == "video"
    tasks = row.get("tasks") or ()
    return EpisodeEntry(
        index=row["episode_index"],
        table=path_inside(root, info.data_path, _data_fields(row)),
        shares_table=True,
        video=_video_file(root, info, row, camera) if is_video else None,
        camera=camera,
        start_s=float(row.get(f"videos/{camera}/from_timestamp") or 0.0) if is_video else 0.0,
        tasks=(tasks,) if isinstance(tasks, str) else tuple(tasks),
        length=row.get("length"),
        notes=notes,
        dataset_notes=chosen.depth,
    )


def _data_fields(row: Row) -> dict[str, int | str]:
    return {"chunk_index": row["data/chunk_index"], "file_index": row["data/file_index"]}


def _lists_video(row: Row, camera: str) -> bool:
    return row.get(f"videos/{camera}/file_index") is not None


def _video_file(root: Path, info: LeRobotInfo, row: Row, camera: str) -> Path:
    if info.video_path is None:
        raise bad("broken_info", f"camera {camera} is video, but info.json has no video_path")
    fields: dict[str, int | str] = {
        "video_key": camera,
        "chunk_index": row.get(f"videos/{camera}/chunk_index") or 0,
        "file_index": row.get(f"videos/{camera}/file_index") or 0,
    }
    return path_inside(root, info.video_path, fields)


def _rows(files: list[Path]) -> Iterator[Row]:
    """Yield one mapping per episode; the wide ``stats/`` columns are never read."""
    for path in files:
        file = open_parquet(path)
        names = file.schema_arrow.names
        missing = [name for name in LOCATION if name not in names]
        if missing:
            raise bad("missing_columns", f"{path.name} has no {missing}", item=str(path))
        wanted = [name for name in names if not name.startswith("stats/")]
        with naming("", str(path)):
            for batch in read_batches(file, columns=wanted):
                yield from (_complete(_singles(row), path) for row in batch.to_pylist())


def _singles(row: Row) -> Row:
    """Take numbers out of lists of one; the tasks are a list."""
    return {name: value if name == "tasks" else single(value) for name, value in row.items()}


def _complete(row: Row, path: Path) -> Row:
    empty = [name for name in LOCATION if row[name] is None]
    if empty:
        raise bad("missing_values", f"an episode has no {empty}", item=str(path))
    return row
