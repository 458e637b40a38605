"""The shards of all tasks become a shard set: report, and record last."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from lapa.data.ingestion.content import skips_of
from lapa.data.ingestion.outcome import kept_episodes, shard_set_of
from lapa.data.ingestion.planned import Planned
from lapa.data.ingestion.report import build_report
from lapa.data.ingestion.shard import WORK, ShardResult
from lapa.folders.whole_file import write_whole
from lapa.records import RECORD, ShardSet

REPORT = "ingestion_report.json"
logger = logging.getLogger(__name__)


def finished_set(out: Path, planned: Planned) -> ShardSet | None:
    """Return the complete shard set in ``out``, if there is one.

    Raises:
        FileExistsError: it has other content than was planned.
    """
    if not (out / RECORD).is_file():
        return None
    found = json.loads((out / REPORT).read_text())["plan_digest"]
    if found != planned.digest:
        raise FileExistsError(
            f"{out} holds a complete shard set of another content (plan {found[:12]}, expected "
            f"{planned.digest[:12]}); shard sets never change: choose another folder or delete this one"
        )
    return ShardSet.read(out)


def finish_set(out: Path, planned: Planned, results: Sequence[ShardResult]) -> ShardSet:
    """Write report and record of the shards in ``out``; what is left of the work goes last.

    Args:
        out: holds the tars of all results.
        planned: what they were made by.
        results: of all tasks, in their order.
    """
    kept = kept_episodes(planned.splits, results, planned.listing.episodes)
    shard_set = shard_set_of(out, planned.params, planned.splits, kept, results)
    facts = build_report(
        shard_set=shard_set,
        folder=out,
        settings=planned.params,
        episodes=kept,
        results=results,
        skipped=skips_of(planned.left_out.report),
        left_out=planned.left_out.left_out,
        plan=planned.digest,
    )
    _warn(facts["notes"]["counts"], out)
    write_whole(out / REPORT, json.dumps(facts, indent=1, sort_keys=True) + "\n")
    shard_set.write(out)
    shutil.rmtree(out / WORK, ignore_errors=True)
    return shard_set


def _warn(counts: Mapping[str, int], out: Path) -> None:
    """Say what was kept and should be looked at."""
    if counts:
        listed = ", ".join(f"{reason} {count}" for reason, count in counts.items())
        logger.warning("recordings to look at: %s; by name under notes in %s", listed, out / REPORT)
