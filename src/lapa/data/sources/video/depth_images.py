"""Separates the depth images of a folder from its colour images, without opening every one.

Recorders store both in one folder (``0001.color.png`` beside ``0001.depth.png``), or each in its own. The
images of a folder are grouped by their names without numbers; the header of the first of each group speaks
for the group.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from lapa.data.bad_input import OnBad
from lapa.data.left_out import leave_out
from lapa.data.sources.base.depth import DepthRule, depth_error, is_deep, named_depth, png_bits

ImageSequence = tuple[Path, list[str]]
"""A folder and the names of its images."""


def split_depth(
    sequences: Iterable[ImageSequence], root: Path, *, source: str, rule: DepthRule, report: OnBad
) -> Iterator[ImageSequence]:
    """Yield the sequences without their depth images; these are reported, or counted, per group."""
    for folder, names in sequences:
        color: set[str] = set()
        for group in _groups(names):
            sign = _depth_of(folder.relative_to(root), folder / group[0])
            if not sign:
                color.update(group)
            elif rule == "leave_out":
                leave_out(report, source, {"depth": len(group)})
            else:
                item = (folder / group[0]).relative_to(root).as_posix()
                error = depth_error(f"{len(group)} images such as {group[0]}: {sign}", item=item)
                report(replace(error.record, source=source))
        if color or not names:
            yield folder, [name for name in names if name in color]


def _groups(names: list[str]) -> list[list[str]]:
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(re.sub(r"\d+", "#", name), []).append(name)
    return list(groups.values())


def _depth_of(relative: Path, first: Path) -> str:
    """Return why the images like ``first`` are depth; empty where they are not, or cannot be read."""
    if named_depth((relative / first.name).as_posix()):
        return "the name says depth"
    try:
        with first.open("rb") as file:
            bits = png_bits(file.read(32))
    except OSError:
        return ""  # named when the image is read
    return f"one channel of {bits[0]} bits" if is_deep(bits) else ""
