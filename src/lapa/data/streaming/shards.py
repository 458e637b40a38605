"""Which shards are read in which order, dealt to processes by webdataset, opened here or out of the cache."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import IterableDataset
from webdataset.utils import pytorch_worker_info

from lapa.data.loading.order import Positions
from lapa.data.loading.pairs import PairDataset
from lapa.data.shards.linked import local_tar


class Pass(NamedTuple):
    """One reading of one shard; webdataset carries it along as text, the URL of a sample."""

    epoch: int
    shard: int

    def as_url(self) -> str:
        """The text."""
        return f"{self.epoch}/{self.shard}"

    @classmethod
    def of(cls, url: str) -> Pass:
        """What `as_url` says."""
        epoch, shard = url.split("/")
        return cls(int(epoch), int(shard))


class Draws:
    """Which pairs an epoch draws, by clip; that of a few epochs is kept, as processes drift apart."""

    def __init__(self, pairs: PairDataset, *, keep: int = 3) -> None:
        self._pairs, self._keep = pairs, keep
        self._kept: dict[int, tuple[Positions, NDArray[np.int32]]] = {}

    def of_clip(self, epoch: int, clip: int) -> list[int]:
        """Positions of the pairs of a clip; one that is drawn twice stands there twice."""
        positions, clips = self._of(epoch)
        begin, end = np.searchsorted(clips, [clip, clip + 1])
        return [int(position) for position in positions[begin:end]]

    def shards(self, epoch: int) -> NDArray[np.int64]:
        """Shards that hold a pair of an epoch, ascending."""
        return np.unique(self._pairs.table.shard[self._of(epoch)[1]])

    def _of(self, epoch: int) -> tuple[Positions, NDArray[np.int32]]:
        if epoch not in self._kept:
            while len(self._kept) >= self._keep:
                del self._kept[min(self._kept)]
            positions = self._pairs.epoch_positions(epoch)
            self._kept[epoch] = positions, self._pairs.table.clips_of(self._pairs.slots[positions])
        return self._kept[epoch]


class EndlessShards(IterableDataset[dict[str, str]]):
    """Epoch after epoch, the shards of each in an order that is a function of the seeds and the epoch.

    Args:
        draws: which shards an epoch needs.
        seeds: of the order; the same on all ranks.
        rank: this process, and ``world_size``: what webdataset must find, which looks for it by itself.
    """

    def __init__(
        self, draws: Draws, *, seeds: tuple[int, ...], rank: int = 0, world_size: int = 1
    ) -> None:
        self._draws, self._seeds = draws, seeds
        self._place = rank, world_size

    def __iter__(self) -> Iterator[dict[str, str]]:
        if (found := pytorch_worker_info()[:2]) != self._place:
            raise RuntimeError(
                f"webdataset takes a loader process for rank {found[0]} of {found[1]}, expected {self._place[0]} of "
                f"{self._place[1]}: every rank would read the same; set RANK and WORLD_SIZE, or laq.trainer.num_workers=0"
            )
        epoch = 0
        while True:
            order = np.random.default_rng([*self._seeds, epoch])
            for shard in order.permutation(self._draws.shards(epoch)):
                yield {"url": Pass(epoch, int(shard)).as_url()}
            epoch += 1


class OpenShards:
    """A stage in the place of webdataset's opener: it never runs a program, and knows our cache."""

    def __init__(self, pairs: PairDataset) -> None:
        self._paths = pairs.table.paths

    def __call__(self, urls: Iterable[dict[str, str]]) -> Iterator[dict[str, Any]]:
        """Open each shard while it is read."""
        for sample in urls:
            with (
                local_tar(self._paths[Pass.of(sample["url"]).shard]) as path,
                path.open("rb") as stream,
            ):
                yield {"url": sample["url"], "stream": stream, "local_path": str(path)}
