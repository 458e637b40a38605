"""The batches of stage 1, with the shard set behind them or anything else a test brings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, Protocol

from lapa.batches import PairBatch
from lapa.data.loading.loader import evaluation_loader, training_loader
from lapa.data.loading.pairs import PairDataset, open_pairs
from lapa.data.streaming.loader import streaming_loader
from lapa.distributed.ranks import rank, world_size
from lapa.params.laq.stage import LaqParams
from lapa.records import PairSpec, ShardSet
from lapa.training.common.data_facts import DataFacts
from lapa.training.common.held_out import holds_out, require_batch_each
from lapa.training.common.stage_work import NOTHING_READ


class Pairs(Protocol):
    """Map-style frame pairs."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int) -> dict[str, Any]: ...


@dataclass(frozen=True, kw_only=True)
class LaqLoaders:
    """Where training and validation batches come from."""

    train: Callable[[int], Iterable[PairBatch]]
    """``train(start)`` yields batches start, start + 1, ... up to the last step."""
    val: Iterable[PairBatch]
    """A fixed set in a fixed order; empty where the shard set holds nothing out."""
    val_pairs: Pairs
    """The same set, one by one, for pictures."""
    train_eval: Iterable[PairBatch] | None = None
    """Training pairs to measure the exported weights on, all of them on every process; None: on none."""
    data: DataFacts = NOTHING_READ

    def first(self, count: int) -> Iterable[PairBatch]:
        """The first ``count`` training batches, without consuming them."""
        return islice(self.train(0), count)


def open_loaders(shard_set: ShardSet, spec: PairSpec, params: LaqParams) -> LaqLoaders:
    """Open the train and val split of a shard set for this process; it may have no val split.

    Raises:
        ValueError: the model takes another image size than the shard set holds.
    """
    if shard_set.image_size != params.model.image_size:
        raise ValueError(
            f"shard set {shard_set.path} holds frames of {shard_set.image_size} pixels, but "
            f"`model.image_size` is {params.model.image_size}; set them equal or ingest again"
        )
    trainer = params.trainer
    with_actions = params.targets.actions is not None
    opened = partial(open_pairs, shard_set, spec=spec, with_actions=with_actions)
    train = opened("train", max_samples=params.train_max_samples)
    val: PairDataset | None = None
    if holds_out(shard_set):
        val = opened("val", max_samples=trainer.val_max_samples)
        require_batch_each(len(val), batch_size=trainer.batch_size)
    count = params.train_eval_samples
    fitted = opened("train", max_samples=count) if count else None
    share: dict[str, int] = {
        "batch_size": trainer.batch_size,
        "num_workers": trainer.num_workers,
        "rank": rank(),
        "world_size": world_size(),
    }
    order = {"seed": trainer.seed, "max_steps": trainer.max_steps}
    build: Callable[..., Iterable[Any]] = partial(training_loader, train, **order, **share)
    if params.loader == "stream":
        buffer = params.stream.shuffle_buffer
        build = partial(streaming_loader, train, shuffle_buffer=buffer, **order, **share)
    return LaqLoaders(
        train=lambda start: build(start_step=start),
        val=evaluation_loader(val, **share) if val else [],
        val_pairs=val or [],
        train_eval=evaluation_loader(fitted, batch_size=trainer.batch_size) if fitted else None,
        data=DataFacts.of("laq", train=train, val=val),
    )
