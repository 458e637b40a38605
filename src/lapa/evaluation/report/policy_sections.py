"""The parts of the page that are about policies and their backbones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from lapa.evaluation.policies.comparisons import Comparison
from lapa.evaluation.policies.episode_errors import read_errors
from lapa.evaluation.report import tables
from lapa.evaluation.report.page import (
    Block,
    Folded,
    Listed,
    Note,
    Picture,
    Section,
    Videos,
    folded,
    rows,
)
from lapa.records import Checkpoint, EvaluationReport

TOP_DIMENSIONS = 8


def closed_loop_section(
    arms: Mapping[str, EvaluationReport],
    compared: Sequence[Comparison],
    sentences: Sequence[str],
    pictures: Mapping[str, Path],
) -> Section:
    """Success in the simulator; empty where nothing was rolled out."""
    table = tables.success(arms)
    if not table.rows:
        return Section(title="Closed loop")
    blocks: list[Block] = [
        Note(
            text="Does pretraining help? Every arm gets the same scenes. Intervals of success are "
            "Wilson's; differences are paired by scene (bootstrap)."
        )
    ]
    if "success.png" in pictures:
        caption = "Success per task and arm, with 95 % intervals."
        blocks.append(Picture(file=pictures["success.png"], caption=caption))
    blocks += rows(table)
    blocks += rows(tables.differences([c.difference for c in compared]))
    blocks += folded("In words", [Listed(sentences=sentences)] if sentences else [])
    return Section(title="Closed loop", blocks=blocks)


def action_error_section(arms: Mapping[str, EvaluationReport], sentences: Sequence[str]) -> Section:
    """Error on held-out episodes; the rows of single dimensions are folded."""
    table = tables.action_errors(arms)
    if not table.rows:
        return Section(title="Action error")
    blocks: list[Block] = [
        Note(
            text="Error of the predicted actions on held-out episodes, where 1 is half the labelled "
            "range of a dimension. A low error does not imply success in closed loop."
        ),
        *rows(table),
    ]
    blocks += _still(arms)
    blocks += folded("In words", [Listed(sentences=sentences)] if sentences else [])
    blocks += folded("Every dimension", rows(tables.errors_by_dimension(arms)))
    for arm, report in arms.items():
        if "actions.png" in report.pictures:
            caption = f"{arm}: predicted actions beside the true ones on held-out steps."
            picture = Picture(file=Path(report.path) / "actions.png", caption=caption)
            blocks.append(Folded(title=f"Predicted and true actions of {arm}", blocks=[picture]))
    return Section(title="Action error", blocks=blocks)


def _still(arms: Mapping[str, EvaluationReport]) -> list[Block]:
    errors = next((e for e in map(read_errors, arms.values()) if e is not None), None)
    if errors is None or not errors.still:
        return []
    names = ", ".join(errors.still[:TOP_DIMENSIONS])
    more = len(errors.still) - TOP_DIMENSIONS
    return [
        Note(
            text=f"{len(errors.still)} of {len(errors.dimensions)} dimensions (nearly) stood still in the "
            f"labelled episodes ({names}{f' and {more} more' if more > 0 else ''}): the "
            "means leave them out, because their range is noise."
        )
    ]


def backbone_section(foundation: Mapping[str, Checkpoint]) -> Section:
    """Are the codes predicted from image and instruction?"""
    return Section(title="Backbones", blocks=rows(tables.foundation(foundation)))


def training_section(pictures: Mapping[str, Path]) -> Section:
    """Loss curves of the arms."""
    captions = {
        "curves_foundation.png": "Loss of the backbones. Arms predict different codes, so levels compare within an arm only.",
        "curves_policy.png": "Loss of the policies.",
    }
    return Section(
        title="Training",
        blocks=[
            Picture(file=pictures[name], caption=caption)
            for name, caption in captions.items()
            if name in pictures
        ],
    )


def episodes_section(arms: Mapping[str, EvaluationReport]) -> Section:
    """What the policies did in the simulator: the first scenes, not the best ones."""
    blocks: list[Block] = []
    for arm, report in arms.items():
        blocks += _episodes(arm, report)
    if blocks:
        blocks.insert(0, Note(text="The first scenes, not the best ones. A click stops a video."))
    return Section(title="Episodes", blocks=blocks)


def _episodes(arm: str, report: EvaluationReport) -> list[Block]:
    folder = Path(report.path)
    videos = [
        Picture(file=folder / name, caption=f"{arm}: {Path(name).stem.replace('_', ' ')}")
        for name in report.clips
    ]
    blocks: list[Block] = [Videos(videos=videos)] if videos else []
    if "rollouts.png" in report.pictures:
        caption = f"{arm}: the same scenes frame by frame."
        strip = Picture(file=folder / "rollouts.png", caption=caption)
        blocks.append(Folded(title=f"Film strips of {arm}", blocks=[strip]))
    return blocks
