"""Where codes come from: label files made in advance, or a frozen quantiser inside training.

Both providers give the same codes for the same pair, and both give the model frame t alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lapa.data.loading.latents import LatentDataset, open_latents
from lapa.data.loading.loader import evaluation_loader
from lapa.data.loading.pairs import PairDataset, open_pairs
from lapa.models.laq.frozen import FrozenQuantizer
from lapa.params.foundation.stage import FoundationParams
from lapa.records import Checkpoint, LabelSet, PairSpec, ShardSet, require_same
from lapa.training.foundation.batches import to_device

Dataset = LatentDataset | PairDataset
MAJORITY_SAMPLES = 4096
"""Training pairs that online labelling looks at to find the commonest codes."""


class LabelProvider(Protocol):
    """A source of `LatentBatch`es."""

    pair_spec: PairSpec
    inputs: dict[str, str]
    """Digests of the artefacts behind the labels, for the checkpoint's record."""

    def open(self, split: str, *, max_samples: int | None) -> Any:
        """Dataset of a split, for the loaders."""
        ...

    def prepare(self, batch: Mapping[str, Any], device: torch.device) -> dict[str, Any]:
        """Turn what the loader yields into a `LatentBatch` on the device."""
        ...

    def training_codes(self, dataset: Any, device: torch.device) -> Tensor:
        """Codes ``int64 (sample, code)`` of (a part of) the training data."""
        ...


class PrecomputedLabels:
    """Codes from a label set."""

    def __init__(self, *, shards: ShardSet, labels: LabelSet) -> None:
        self._shards, self._labels = shards, labels
        self.pair_spec = labels.pair_spec
        self.inputs = {"labels": labels.digest, "laq": labels.laq_digest}

    def open(self, split: str, *, max_samples: int | None) -> LatentDataset:
        """Labelled frames of a split."""
        return open_latents(self._shards, self._labels, split, max_samples=max_samples)

    def prepare(self, batch: Mapping[str, Any], device: torch.device) -> dict[str, Any]:
        """The batch is complete; move it."""
        return to_device(batch, device)

    def training_codes(self, dataset: LatentDataset, device: torch.device) -> Tensor:
        """All of them."""
        return torch.as_tensor(dataset.codes).long()


class OnlineLabels:
    """Codes by a frozen quantiser, computed from frames t and t+H when a batch arrives."""

    def __init__(self, *, shards: ShardSet, laq: Checkpoint, device: torch.device) -> None:
        self._shards = shards
        self._quantizer = FrozenQuantizer(folder=Path(laq.path), device=device)
        self.pair_spec = laq.pair_spec
        self.inputs = {"laq": laq.digest}

    def open(self, split: str, *, max_samples: int | None) -> PairDataset:
        """Frame pairs with their instruction."""
        return InstructedPairs.of(
            open_pairs(self._shards, split, self.pair_spec, max_samples=max_samples)
        )

    def prepare(self, batch: Mapping[str, Any], device: torch.device) -> dict[str, Any]:
        """Label the pairs, then let go of frame t+H: the model must never see it."""
        frames = batch["frames"].to(device, non_blocking=True)
        return {
            "frames": frames[:, 0],
            "instructions": batch["instructions"],
            "latent_codes": self._quantizer.codes(frames),
            "sample_id": batch["sample_id"],
        }

    def training_codes(self, dataset: PairDataset, device: torch.device) -> Tensor:
        """Those of the first `MAJORITY_SAMPLES` pairs."""
        size = 64
        loader = evaluation_loader(dataset, batch_size=size)
        some = islice(loader, -(-MAJORITY_SAMPLES // size))
        return torch.cat([self.prepare(batch, device)["latent_codes"].cpu() for batch in some])


class InstructedPairs(PairDataset):
    """`PairDataset` whose items also hold the instruction as ``text``."""

    @classmethod
    def of(cls, pairs: PairDataset) -> InstructedPairs:
        """The same pairs."""
        return cls(
            reader=pairs.reader,
            slots=pairs.slots,
            spec=pairs.spec,
            counts=pairs.counts,
            with_actions=False,
            with_states=False,
        )

    def read_into(self, images: NDArray[np.uint8], index: int) -> dict[str, Any]:
        """Decode both frames and add the instruction."""
        clip, _ = self.position_of(index)
        return super().read_into(images, index) | {
            "instructions": self.table.texts["instruction"][clip]
        }


def open_labels(
    shards: ShardSet,
    labels: LabelSet | None,
    laq: Checkpoint | None,
    params: FoundationParams,
    device: torch.device,
) -> LabelProvider:
    """Choose the provider and refuse what does not belong together.

    Raises:
        ValueError: an artefact is missing, or belongs to other shards, to another quantiser or
            to other sizes; the message shows both values.
    """
    if labels is not None:
        check_labels(labels, shards, params, laq=laq)
    if params.online_labels:
        if laq is None:
            raise ValueError("`online_labels` needs the quantiser's checkpoint, got none")
        provider = OnlineLabels(shards=shards, laq=laq, device=device)
        check_sizes(f"quantiser {laq.path}", provider._quantizer, params)
        return provider
    if labels is None:
        raise ValueError(
            f"no label set for {shards.path}: label the shards, or set `online_labels`"
        )
    return PrecomputedLabels(shards=shards, labels=labels)


def check_labels(
    labels: LabelSet, shards: ShardSet, params: FoundationParams, *, laq: Checkpoint | None
) -> None:
    """Refuse labels of other shards, of another quantiser, horizon or size.

    Raises:
        ValueError: naming what differs, with both values.
    """
    name, again = f"label set {labels.path}", "label these shards again"
    require_same(f"{name}: shard digest", labels.shard_digest, shards.digest, remedy=again)
    if laq is not None:
        require_same(f"{name}: quantiser digest", labels.laq_digest, laq.digest, remedy=again)
        require_same(f"{name}: pair spec", labels.pair_spec, laq.pair_spec, remedy=again)
    check_sizes(name, labels, params)


class _Sized(Protocol):
    @property
    def code_seq_len(self) -> int: ...

    @property
    def codebook_size(self) -> int: ...


def check_sizes(name: str, found: _Sized, params: FoundationParams) -> None:
    """Refuse codes of another length or codebook than the model is built for.

    Raises:
        ValueError: naming the size, with both values.
    """
    remedy = "set `foundation.code_seq_len` and `foundation.codebook_size` to the quantiser's"
    length, size = found.code_seq_len, found.codebook_size
    require_same(f"{name}: codes per pair", length, params.code_seq_len, remedy=remedy)
    require_same(f"{name}: codebook size", size, params.codebook_size, remedy=remedy)
