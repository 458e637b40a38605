"""The loader of `laq.loader: stream`: shards from front to back, a buffer that shuffles, batches without an end.

What it cannot promise, and the map-style loader does: that a training that was interrupted goes on with the batch
that would have come (it starts a pass of its own), that every pair is seen once an epoch (loader processes finish
their shards at different times), and that batches do not depend on the number of processes.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Any

import torch
import webdataset as wds
from torch.utils.data import DataLoader
from webdataset.tariterators import group_by_keys, tar_file_expander

from lapa.data.loading.loader import begin_worker
from lapa.data.loading.order import require_rank
from lapa.data.loading.pairs import PairDataset
from lapa.data.streaming.pairs import Batches, PairsOfClips, as_it_was, key_and_member
from lapa.data.streaming.shards import Draws, EndlessShards, OpenShards

logger = logging.getLogger(__name__)


class StreamingLoader:
    """Batches ``start_step .. max_steps - 1`` of an endless stream."""

    def __init__(self, batches: DataLoader[dict[str, Any]], *, count: int) -> None:
        self._batches, self._count = batches, count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[dict[str, Any]]:
        yield from islice(self._batches, self._count)


def streaming_loader(
    pairs: PairDataset,
    *,
    batch_size: int,
    seed: int,
    max_steps: int,
    start_step: int = 0,
    rank: int = 0,
    world_size: int = 1,
    num_workers: int = 0,
    shuffle_buffer: int,
) -> StreamingLoader:
    """Stream the batches that `lapa.data.loading.loader.training_loader` would read, in another order.

    Args:
        pairs: which pairs; their indices lie on this machine, their tars need not.
        batch_size: pairs per process.
        seed: the order of shards, and what the buffer draws, is a function of it, ``start_step``, and the number
            of processes.
        max_steps: batches of the whole training, those before ``start_step`` included.
        start_step: batches already consumed: another pass begins there, as nobody knows which pairs were in them.
        rank: this process, within ``world_size``; shards are dealt in turn.
        world_size: processes that train together.
        num_workers: loader processes; among them shards are dealt, too.
        shuffle_buffer: pairs among which the next one is drawn, in every loader process.
    """
    require_rank(rank, world_size)
    _warn(
        start_step=start_step,
        processes=world_size * max(num_workers, 1),
        shards=len(pairs.table.shards),
    )
    draws = Draws(pairs)
    shards = EndlessShards(draws, seeds=(seed, start_step), rank=rank, world_size=world_size)
    stages = wds.DataPipeline(
        shards,
        wds.split_by_node,
        wds.split_by_worker,
        OpenShards(pairs),
        partial(tar_file_expander, handler=as_it_was),
        partial(group_by_keys, keys=key_and_member, handler=as_it_was),
        PairsOfClips(pairs, draws),
        wds.detshuffle(shuffle_buffer, initial=shuffle_buffer, seed=seed + start_step),
        Batches(pairs, batch_size=batch_size),
    )
    batches: DataLoader[dict[str, Any]] = DataLoader(
        stages,
        batch_size=None,
        num_workers=num_workers,
        worker_init_fn=begin_worker,
        pin_memory=torch.cuda.is_available(),
        prefetch_factor=4 if num_workers else None,
        # iter() would otherwise draw a seed from the global generator and shift the model's dropout
        generator=torch.Generator().manual_seed(0),
    )
    return StreamingLoader(batches, count=max_steps - start_step)


def _warn(*, start_step: int, processes: int, shards: int) -> None:
    """Say what this mode does not promise, and what of that matters now."""
    logger.warning(
        "laq.loader is `stream`: an interrupted training goes on, but with other batches, and an epoch may show "
        "some pairs twice and others never; `map` promises both, where the shards fit the disk (docs/streaming.md)"
    )
    if start_step:
        logger.warning(
            "the stream starts anew at step %d, with another order of shards", start_step
        )
    if shards < processes:
        logger.warning(
            "%d shards are dealt to %d processes that read: some run an epoch ahead; use fewer loader processes "
            "(laq.trainer.num_workers), or ingest with a smaller max_samples_per_shard",
            *(shards, processes),
        )
