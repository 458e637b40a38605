"""What the trainings of a run read: pairs, and what became of the other frames."""

from __future__ import annotations

from collections.abc import Mapping

from lapa.evaluation.blocks import Note, Rows, Table
from lapa.evaluation.report.page import PageSection, plain_section
from lapa.records import Checkpoint, PairCounts

HEAD = (
    "model",
    "split",
    "dataset",
    "frames",
    "without a t+H",
    "episodes not longer than H",
    "static, dropped",
    "pairs",
)


def pairs_section(checkpoints: Mapping[str, Checkpoint]) -> list[PageSection]:
    """A row for each model, split and dataset; nothing where no record holds counts."""
    rows = tuple(
        (name, split, dataset, *map(str, _numbers(own)))
        for name, checkpoint in checkpoints.items()
        for split, counts in checkpoint.pairs.items()
        for dataset, own in counts.items()
    )
    if not rows:
        return []
    used = "; ".join(
        f"{name}: {', '.join(f'{count} {split}' for split, count in checkpoint.samples.items())}"
        for name, checkpoint in checkpoints.items()
        if checkpoint.samples
    )
    return [
        plain_section(
            "What was read",
            Rows(table=Table(head=HEAD, rows=rows)),
            Note(text=f"Samples used of each split: {used}."),
        )
    ]


def _numbers(counts: PairCounts) -> tuple[int, ...]:
    return (counts.frames, counts.tail, counts.short_episodes, counts.static, counts.pairs)
