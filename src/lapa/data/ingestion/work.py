"""Writes the planned shards, in one or many processes; a finished shard is never written twice.

Each episode is read once more here, after listing. Where its adapter can read single items,
processes share the shards and each reads its own episodes. Any other source is walked once, by this
process, with the shard of every split open.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from lapa.data.bad_input import BadInputError
from lapa.data.episode import Episode
from lapa.data.ingestion.fetch import Fetcher
from lapa.data.ingestion.inputs import Input
from lapa.data.ingestion.plan import ShardTask
from lapa.data.ingestion.shard import OpenShard, ShardResult, finished
from lapa.data.sources.base.action_width import Widths
from lapa.params.ingestion import IngestionParams


@dataclass(frozen=True)
class ShardMaker:
    """Turns tasks into finished shards under ``out``."""

    out: Path
    inputs: Sequence[Input]
    readers: Mapping[int, Callable[[Any], Episode]]
    widths: Sequence[Widths]
    settings: IngestionParams

    def fetcher(self) -> Fetcher:
        """Return what reads the planned episodes in one process."""
        return Fetcher(self.inputs, self.readers, self.widths, self.settings)

    def walk(self, tasks: Sequence[ShardTask], fetcher: Fetcher) -> Iterator[ShardResult]:
        """Write shards side by side, reading their episodes in source order; yield each when full.

        Raises:
            BadInputError: a bad episode, under the policy ``raise``.
        """
        shards: dict[tuple[str, str], OpenShard] = {}
        steps = [(facts, task) for task in tasks for facts in task.episodes]
        left = {(task.split, task.name): len(task.episodes) for task in tasks}
        try:
            for facts, task in sorted(steps, key=lambda step: step[0].place):
                name = (task.split, task.name)
                if name not in shards:
                    shards[name] = OpenShard(task, out=self.out, settings=self.settings)
                try:
                    episode = fetcher.fetch(facts)
                except BadInputError as error:
                    shards[name].skip(facts, error)
                else:
                    shards[name].add(facts, episode)
                left[name] -= 1
                if not left[name]:
                    result = shards[name].close()
                    del shards[name]
                    yield result
        except BaseException:  # also an interrupt or a full disk: leave no part behind
            for shard in shards.values():
                shard.discard()
            raise


def make_shards(maker: ShardMaker, tasks: Sequence[ShardTask]) -> Iterator[ShardResult]:
    """Yield the result of every task as it is finished; the bytes do not depend on the order."""
    open_tasks = []
    for task in tasks:
        result = finished(maker.out, task)
        if result is None:
            open_tasks.append(task)
        else:
            yield result
    workers = min(maker.settings.workers, len(open_tasks))
    shared = _shareable(maker, open_tasks) if workers > 1 else {}
    own = [task for task in open_tasks if (task.split, task.name) not in shared]
    if not shared:
        yield from maker.walk(own, maker.fetcher())
        return
    readers = {number: read for number, read in maker.readers.items() if _travels(read)}
    # spawned, not forked: the parent may hold threads and locks of video or tracking libraries
    pool = ProcessPoolExecutor(
        workers,
        mp_context=get_context("spawn"),
        initializer=_keep,
        initargs=(replace(maker, readers=readers),),
    )
    with pool:
        try:
            waiting = pool.map(_make_one, shared.values())
            yield from maker.walk(own, maker.fetcher())
            yield from waiting
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _shareable(maker: ShardMaker, tasks: Sequence[ShardTask]) -> dict[tuple[str, str], ShardTask]:
    """Tasks whose episodes another process can read one by one."""
    if not _travels(maker.inputs):
        return {}
    travels = {number: _travels(read) for number, read in maker.readers.items()}
    return {
        (task.split, task.name): task
        for task in tasks
        if all(facts.reader is not None and travels[facts.reader] for facts in task.episodes)
        and _travels(task)
    }


def _travels(thing: object) -> bool:
    try:
        pickle.dumps(thing)
    except (pickle.PicklingError, AttributeError, TypeError):  # a local function, an open file
        return False
    return True


_kept: list[tuple[ShardMaker, Fetcher]] = []
"""The maker of this worker process, and what it has open."""


def _keep(maker: ShardMaker) -> None:
    _kept[:] = [(maker, maker.fetcher())]


def _make_one(task: ShardTask) -> ShardResult:
    maker, fetcher = _kept[0]
    (result,) = maker.walk([task], fetcher)
    return result
