"""Where codes come from: label files made in advance, or a frozen quantiser inside training.

Both providers give the same codes for the same pair, and both give the model frame t alone.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lapa.batches import LatentBatch, PairBatch
from lapa.data.loading.latents import LatentDataset, open_latents
from lapa.data.loading.loader import evaluation_loader
from lapa.data.loading.pairs import PairDataset, open_pairs
from lapa.data.loading.slots import SlotDataset
from lapa.models.laq.frozen import FrozenQuantizer
from lapa.records import Checkpoint, LabelSet, PairSpec, ShardSet

Samples = TypeVar("Samples", bound=SlotDataset)
INSIDE = {"codebook", "labels"}
"""Inputs of a label set that stand in a backbone's record already, or in its quantiser."""
MAJORITY_SAMPLES = 4096
"""Training pairs that online labelling looks at to find the commonest codes."""


class LabelProvider(Protocol[Samples]):
    """A source of `LatentBatch`es on the device."""

    pair_spec: PairSpec
    inputs: dict[str, str]
    """Digests of the artefacts behind the labels, for the checkpoint's record."""

    def open(self, split: str, *, max_samples: int | None) -> Samples:
        """Dataset of a split, for the loaders."""
        ...

    def prepare(self, batch: Any) -> LatentBatch:
        """Turn what a loader makes of the dataset into what the model takes."""
        ...

    def training_codes(self, dataset: Samples) -> Tensor:
        """Codes ``(sample, code)`` of (a part of) the training data, whole numbers of any width."""
        ...


class PrecomputedLabels:
    """Codes from a label set."""

    def __init__(
        self,
        *,
        shards: ShardSet,
        labels: LabelSet,
        device: torch.device,
        pair_spec: PairSpec | None = None,
    ) -> None:
        self._shards, self._labels, self._device = shards, labels, device
        self.pair_spec = pair_spec or labels.pair_spec
        made_from = {n: digest for n, digest in labels.inputs.items() if n not in INSIDE}
        self.inputs = {"labels": labels.digest, **made_from}

    def open(self, split: str, *, max_samples: int | None) -> LatentDataset:
        """Labelled frames of a split."""
        return open_latents(
            self._shards, self._labels, split, spec=self.pair_spec, max_samples=max_samples
        )

    def prepare(self, batch: LatentBatch) -> LatentBatch:
        """The batch is complete; move it."""
        return {
            "frames": batch["frames"].to(self._device, non_blocking=True),
            "instructions": batch["instructions"],
            "latent_codes": batch["latent_codes"].to(self._device, non_blocking=True),
            "sample_id": batch["sample_id"].to(self._device, non_blocking=True),
        }

    def training_codes(self, dataset: LatentDataset) -> Tensor:
        """All of them."""
        return torch.as_tensor(dataset.codes)


class InstructedPairBatch(PairBatch):
    """Frame pairs and what is done in them."""

    instructions: list[str]


class InstructedPairs(PairDataset):
    """Items are `InstructedPairBatch` rows."""

    @classmethod
    def of(cls, pairs: PairDataset) -> InstructedPairs:
        """The same pairs."""
        return cls(
            reader=pairs.reader,
            slots=pairs.slots,
            spec=pairs.spec,
            pair_counts=pairs.pair_counts,
            with_actions=False,
            with_states=False,
        )

    def read_into(self, images: NDArray[np.uint8], index: int) -> dict[str, Any]:
        """Decode both frames and add the instruction."""
        clip, _ = self.position_of(index)
        return super().read_into(images, index) | {
            "instructions": self.table.texts["instruction"][clip]
        }


class OnlineLabels:
    """Codes by a frozen quantiser, computed from frames t and t+H when a batch arrives."""

    def __init__(
        self,
        *,
        shards: ShardSet,
        laq: Checkpoint,
        device: torch.device,
        pair_spec: PairSpec | None = None,
    ) -> None:
        self._shards, self._device = shards, device
        self.quantizer = FrozenQuantizer(folder=Path(laq.path), device=device)
        self.pair_spec = pair_spec or laq.pair_spec
        self.inputs = {"laq": laq.digest}

    def open(self, split: str, *, max_samples: int | None) -> InstructedPairs:
        """Frame pairs with their instruction."""
        return InstructedPairs.of(
            open_pairs(self._shards, split, self.pair_spec, max_samples=max_samples)
        )

    def prepare(self, batch: InstructedPairBatch) -> LatentBatch:
        """Label the pairs, then let go of frame t+H: the model must never see it."""
        frames = batch["frames"].to(self._device, non_blocking=True)
        return {
            "frames": frames[:, 0],
            "instructions": batch["instructions"],
            "latent_codes": self.quantizer.codes(frames),
            "sample_id": batch["sample_id"],
        }

    def training_codes(self, dataset: InstructedPairs) -> Tensor:
        """Those of the first `MAJORITY_SAMPLES` pairs."""
        size = 64
        batches: Any = evaluation_loader(dataset, batch_size=size)
        some = islice(batches, -(-MAJORITY_SAMPLES // size))
        return torch.cat([self.prepare(batch)["latent_codes"].cpu() for batch in some])
