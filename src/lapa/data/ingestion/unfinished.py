"""Planned shards are written into a folder that no reader takes for finished; a killed run goes on in it."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import track

from lapa.data.ingestion.plan import ShardTask
from lapa.data.ingestion.planned import Planned
from lapa.data.ingestion.shard import WORK, ShardResult
from lapa.data.ingestion.splits import SPLITS
from lapa.data.ingestion.work import ShardMaker, make_shards
from lapa.folders.whole_file import write_whole

logger = logging.getLogger(__name__)


def write_planned(planned: Planned, out: Path, tasks: Sequence[ShardTask]) -> list[ShardResult]:
    """Write the shards of some tasks below ``out``, those that are there already left as they are.

    Returns:
        What came of each, in the order of the tasks.

    Raises:
        BadInputError: a bad episode, under ``on_bad_sample: raise``.
    """
    _prepare_work(out, planned.digest)
    listing = planned.listing
    maker = ShardMaker(out, planned.inputs, listing.readers, listing.widths, planned.params)
    made = {(r.split, r.name): r for r in _progress(make_shards(maker, tasks), len(tasks))}
    return [made[task.split, task.name] for task in tasks]


def drop_work(out: Path) -> None:
    """Delete everything unfinished."""
    for name in (WORK, *SPLITS):
        shutil.rmtree(out / name, ignore_errors=True)


def _prepare_work(out: Path, digest: str) -> None:
    """Keep the finished shards of an interrupted run with the same plan; drop those of another."""
    plan = out / WORK / "plan"
    if plan.is_file() and plan.read_text() == digest:
        logger.info("continuing the interrupted ingestion into %s", out)
        return
    drop_work(out)
    (out / WORK).mkdir()
    write_whole(plan, digest)


def _progress(results: Iterable[ShardResult], total: int) -> Iterable[ShardResult]:
    console = Console(stderr=True)
    return track(
        results,
        description="Writing shards",
        total=total,
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
