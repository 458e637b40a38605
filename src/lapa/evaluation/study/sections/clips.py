"""Videos of a success and a failure of every arm, side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from lapa.evaluation.blocks import Block, Heading, Video, Videos
from lapa.evaluation.report.page import PageSection, Part
from lapa.evaluation.study.keys import budget_words
from lapa.evaluation.study.results import StudyResults

NAME = re.compile(r"(?P<task>.+)_(?P<scene>\d+)_(?P<outcome>success|failure)")
"""How `lapa.evaluation.policies.rollout.save_clips` names a file."""
OUTCOMES = ("success", "failure")
LEAD = (
    "The first success and the first failure among the scenes that were filmed, not the best ones; a click stops a video. An arm "
    "that is not shown had no such scene among those, or was not filmed."
)


def clips_section(results: StudyResults, folder: Path | None) -> PageSection:
    """Videos at the headline budget.

    Args:
        results: of the study.
        folder: holds a folder per cell, named as the cell, with its clips; None makes an empty section.
    """
    blocks: list[Block] = []
    if folder is not None:
        for setting in results.settings:
            blocks += _setting(results, setting, folder)
    part = Part(blocks=blocks, folder=folder or Path())
    return PageSection(title="Videos", leads=(LEAD,), parts=(part,))


def _setting(results: StudyResults, setting: str, folder: Path) -> list[Block]:
    budget = results.headline_budget(setting)
    clips = {
        arm: _clips(
            [folder / c.key.name for c in results.at(setting=setting, arm=arm, budget=budget)]
        )
        for arm in results.arms
    }
    filmed = dict.fromkeys(task for of_arm in clips.values() for task, _ in of_arm)
    blocks: list[Block] = []
    for task, outcome in ((task, outcome) for task in filmed for outcome in OUTCOMES):
        videos = [
            Video(file=str(of_arm[task, outcome].relative_to(folder)), caption=arm)
            for arm, of_arm in clips.items()
            if (task, outcome) in of_arm
        ]
        if videos:
            title = f"{setting}, {task}, {outcome} ({budget_words(budget)})"
            blocks += [Heading(text=title), Videos(videos=tuple(videos))]
    return blocks


def _clips(folders: Sequence[Path]) -> dict[tuple[str, str], Path]:
    """The first file by task and outcome, cells in their order."""
    first: dict[tuple[str, str], Path] = {}
    for file in (file for folder in folders for file in sorted(folder.glob("*.mp4"))):
        if (parts := NAME.fullmatch(file.stem)) is not None:
            first.setdefault((parts["task"], parts["outcome"]), file)
    return first
