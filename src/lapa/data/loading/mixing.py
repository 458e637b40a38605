"""Several datasets as one: weights, one proportionate pass per epoch, a table of what that means."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lapa.data.loading.order import SampleStream
from lapa.data.loading.pairs import SlotDataset, open_pairs
from lapa.data.shards.clip_table import load_clip_table
from lapa.records import PairSpec, ShardSet

logger = logging.getLogger(__name__)

Balance = Literal["explicit", "frames", "episodes", "sqrt"]
"""Weights as given, or proportional to samples, to episodes, or to the root of samples."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One row of the resolved mixture."""

    name: str
    samples: int
    episodes: int
    weight: float
    """Share of an epoch, all parts together 1."""
    drawn: int
    """Samples of one epoch."""

    @property
    def passes(self) -> float:
        """How often an epoch goes through this part."""
        return self.drawn / self.samples


class MixedDataset:
    """Concatenates datasets of one kind and draws them by weight.

    An epoch has as many samples as the parts together. Each part is walked through in its own
    endless stream of permutations: a sample of a part is repeated only after all its others.
    """

    def __init__(
        self, datasets: Sequence[SlotDataset], *, parts: Sequence[Part], seed: int
    ) -> None:
        kinds = {(dataset.image_name, dataset.image_shape) for dataset in datasets}
        if len(kinds) != 1:
            raise ValueError(f"cannot mix samples of {sorted(kinds)}; expected one kind and size")
        self._datasets = datasets
        self.image_name = datasets[0].image_name
        self.parts = tuple(parts)
        self._starts = np.cumsum([0, *(len(dataset) for dataset in datasets)])
        self._streams = [
            SampleStream(dataset, seed=seed + number) for number, dataset in enumerate(datasets)
        ]

    def __len__(self) -> int:
        return int(self._starts[-1])

    @property
    def samples_per_epoch(self) -> int:
        """Samples drawn per epoch."""
        return sum(part.drawn for part in self.parts)

    def epoch_positions(self, epoch: int) -> NDArray[np.int64]:
        """Return what an epoch draws: the next ``drawn`` entries of every part's stream."""
        draws = [
            np.sort(stream.take(epoch * part.drawn, (epoch + 1) * part.drawn)) + start
            for stream, part, start in zip(
                self._streams, self.parts, self._starts[:-1], strict=True
            )
            if part.drawn
        ]
        return np.concatenate(draws)

    def locate(self, index: int) -> tuple[int, int]:
        """Return ``(part, position inside it)`` of a sample."""
        part = int(np.searchsorted(self._starts, index, side="right")) - 1
        return part, index - int(self._starts[part])

    @property
    def image_shape(self) -> tuple[int, ...]:
        """Shape of a sample's images, the same in all parts."""
        return self._datasets[0].image_shape

    def read_into(self, images: NDArray[np.uint8], index: int) -> dict[str, Any]:
        """Read a sample of its part."""
        part, position = self.locate(index)
        item = self._datasets[part].read_into(images, position)
        # slots are numbered per shard set: shift them so that an id names one sample of the mixture
        return {**item, "sample_id": np.int64(index)}

    def sample(self, index: int) -> dict[str, Any]:
        """Return what is known about a sample, without decoding anything."""
        part, position = self.locate(index)
        return {**self._datasets[part].sample(position), "sample_id": index}

    def __getitem__(self, index: int) -> dict[str, Any]:
        images = np.empty(self.image_shape, np.uint8)
        return {self.image_name: images, **self.read_into(images, index)}


def mix(
    datasets: Mapping[str, SlotDataset],
    *,
    balance: Balance = "frames",
    weights: Mapping[str, float] | None = None,
    seed: int = 0,
) -> MixedDataset:
    """Mix datasets that `open_pairs`, `open_latents` or `open_robot` returned.

    Args:
        datasets: by name.
        balance: how weights are found.
        weights: for ``explicit``: one per dataset, any scale.
        seed: of each part's order.

    Raises:
        ValueError: weights are missing, superfluous or not positive.
    """
    sizes = {name: _size(dataset, balance) for name, dataset in datasets.items()}
    if balance == "explicit":
        sizes = _checked(datasets, weights or {})
    total = sum(sizes.values())
    samples = sum(len(dataset) for dataset in datasets.values())
    parts = [
        Part(
            name=name,
            samples=len(dataset),
            episodes=dataset.num_episodes,
            weight=sizes[name] / total,
            drawn=max(1, round(sizes[name] / total * samples)),
        )
        for name, dataset in datasets.items()
    ]
    return MixedDataset(list(datasets.values()), parts=parts, seed=seed)


def open_mixed_pairs(
    shard_set: ShardSet,
    split: str,
    spec: PairSpec,
    *,
    balance: Balance,
    weights: Mapping[str, float] | None = None,
    seed: int = 0,
) -> MixedDataset:
    """Open the pairs of every dataset in a shard set and mix them by weight; log the table.

    Raises:
        ValueError: wrong weights, or a dataset without a pair.
    """
    names = sorted(set(load_clip_table(shard_set, split).texts["dataset"].values))
    opened = {name: open_pairs(shard_set, split, spec, datasets=[name]) for name in names}
    mixture = mix(opened, balance=balance, weights=weights, seed=seed)
    logger.info("mixture of split %s of %s:\n%s", split, shard_set.path, mixture_table(mixture))
    return mixture


def _size(dataset: SlotDataset, balance: Balance) -> float:
    if balance == "episodes":
        return float(dataset.num_episodes)
    return math.sqrt(len(dataset)) if balance == "sqrt" else float(len(dataset))


def _checked(datasets: Mapping[str, SlotDataset], weights: Mapping[str, float]) -> dict[str, float]:
    if set(weights) != set(datasets) or min(weights.values()) <= 0:
        raise ValueError(
            f"mixing weights are {dict(weights)}, expected a positive one for each of {sorted(datasets)}"
        )
    return dict(weights)


def mixture_table(mixture: MixedDataset) -> str:
    """Return the resolved mixture as text, for the log."""
    head = f"{'dataset':<24}{'episodes':>10}{'samples':>12}{'weight':>9}{'drawn':>12}{'passes':>9}"
    rows = (
        f"{p.name:<24}{p.episodes:>10}{p.samples:>12}{p.weight:>9.4f}{p.drawn:>12}{p.passes:>9.2f}"
        for p in mixture.parts
    )
    return "\n".join([head, *rows])
