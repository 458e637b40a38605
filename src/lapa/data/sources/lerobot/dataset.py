"""LeRobot datasets v2.0, v2.1 and v3.0 as episodes, without the lerobot package.

Row ``i`` of an episode belongs to the ``i``-th frame of its video (v3: counted from
``from_timestamp``): the order is what recorders agree on, while timestamps start at 0 in some
datasets and one frame later in others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

from lapa.data.bad_input import (
    BadInputError,
    OnBad,
    bad,
    naming,
    raise_bad,
    read_each,
    read_through,
    require_path,
)
from lapa.data.episode import Episode
from lapa.data.limits import MAX_PIXELS
from lapa.data.sources.base.folder_walk import walk_folders
from lapa.data.sources.base.rows import ExtraFrame
from lapa.data.sources.lerobot.entry import EpisodeEntry
from lapa.data.sources.lerobot.episode import EpisodeReader
from lapa.data.sources.lerobot.meta import LeRobotInfo, read_info, read_tasks
from lapa.data.sources.lerobot.v2 import list_v2
from lapa.data.sources.lerobot.v3 import list_v3
from lapa.data.sources.lerobot.values import ActionsAndStates, ValueOptions

Lister = Callable[[Path, LeRobotInfo, str], Iterator[EpisodeEntry]]

LAYOUTS: dict[int, Lister] = {2: list_v2, 3: list_v3}
"""How episodes are found, by major version."""

MEASURED_EPISODES = 5
"""How many episodes tell whether actions are differences or targets."""


def open_lerobot(
    path: Path,
    *,
    report: OnBad = raise_bad,
    name: str = "",
    camera: str = "",
    action_column: str = "",
    state_column: str = "",
    actions_are: str | Sequence[str] = (),
    action_units: str | Sequence[str] = (),
    instruction_column: str = "",
    fps: float | None = None,
    extra_frame: ExtraFrame = "drop",
    max_pixels: int = MAX_PIXELS,
) -> Iterator[Episode]:
    """Yield the episodes of the dataset at ``path``, or of every dataset below it.

    Args:
        path: folder with ``meta/info.json``, or a folder of such folders.
        report: receives datasets and episodes that cannot be used.
        name: dataset name of the episodes; the dataset's folder when empty.
        camera: e.g. ``cam_high`` or ``observation.images.cam_high``; when empty the first of
            ``info.json`` that has files and shows colour.
        action_column: where actions are, a column or the beginning of a group; when empty they are
            looked for (`lapa.data.sources.lerobot.columns`). What ``info.json`` lists is required.
        state_column: where states are; the same.
        actions_are: ``relative`` or ``absolute``, one for all or one per dimension; when empty it is
            measured on the first episodes (`lapa.data.sources.base.action_meaning`).
        action_units: one for all or one per dimension; unknown when empty.
        instruction_column: text or task index per row; when empty the first
            ``annotation.*task_description``, else ``task_index``, else the episode's first task.
        fps: control rate in Hz, instead of the one in ``info.json``.
        extra_frame: what happens to a last frame without a row.
        max_pixels: largest image decoded.
    """
    require_path(path, expected="a LeRobot dataset, or a folder of them")
    roots = dataset_folders(path, name or path.name, report)
    if not roots:
        report(bad("missing_info", f"no meta/info.json at or below {path}", item=str(path)).record)
    options = ValueOptions(
        action_column=action_column,
        state_column=state_column,
        actions_are=actions_are if isinstance(actions_are, str) else tuple(actions_are),
        action_units=action_units if isinstance(action_units, str) else tuple(action_units),
    )
    for root in roots:
        prefix = "" if root == path else f"{root.relative_to(path).as_posix()}/"
        source = name or root.name
        try:
            with naming(source, str(root)):
                info = read_info(root)
                reader = EpisodeReader(
                    source=source,
                    prefix=prefix,
                    info=info,
                    tasks=read_tasks(root),
                    values=ActionsAndStates(info=info, options=options),
                    instruction_column=instruction_column,
                    fps=fps or info.fps,
                    extra_frame=extra_frame,
                    max_pixels=max_pixels,
                )
        except BadInputError as error:
            report(error.record)
            continue
        listed = LAYOUTS[info.major_version](root, info, camera)
        # a broken episode list ends this dataset only
        entries = read_through(listed, report, source=source, item=str(root))
        first = list(islice(entries, MEASURED_EPISODES))
        reader.values.measure(first)
        yield from read_each(chain(first, entries), reader.read, report)


def dataset_folders(path: Path, source: str, report: OnBad) -> list[Path]:
    """Return the folders with a ``meta/info.json`` at or below ``path``, in order of their paths."""
    if (path / "meta" / "info.json").is_file():  # spares walking its hundred thousand videos
        return [path]
    walked = walk_folders(path, source=source, report=report)
    metas = [path / folder.relative for folder in walked if "info.json" in folder.names]
    return sorted(meta.parent for meta in metas if meta.name == "meta")
