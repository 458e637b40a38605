"""What a frozen backbone makes of the labelled frames, computed once instead of at every step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, NotRequired, TypedDict, final

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from lapa.data.loading.loader import evaluation_loader
from lapa.data.loading.order import Positions, TrainingBatches
from lapa.data.loading.robot import RobotDataset
from lapa.models.policy.policy import Policy
from lapa.params.finetune import FinetuneParams


class _Kept(TypedDict):
    """What stays of a `RobotBatch` without image and instruction."""

    actions: Tensor
    """``float32 (batch, time, action_dim)``."""
    action_mask: Tensor
    """``bool (batch, time)``."""
    states: NotRequired[Tensor]
    """``float32 (batch, state_dim)``."""
    latent_codes: NotRequired[Tensor]
    """``int64 (batch, code)``."""
    sample_id: Tensor


@final
class EncodedBatch(_Kept):
    """Samples of a policy in whose backbone nothing learns."""

    encoded: Tensor
    """What `Policy.encode_observation` returns."""


@final
class TrunkBatch(_Kept):
    """Samples of a policy whose backbone learns in its neck alone."""

    trunk: Tensor
    """What the backbone's `trunk` returns."""


class EncodedDataset(Dataset[EncodedBatch | TrunkBatch]):
    """The batches of a `RobotDataset` after the part that never changes; same order, read by batches."""

    def __init__(self, *, columns: dict[str, Tensor], order: RobotDataset) -> None:
        self._columns = columns
        self._order = order

    def __len__(self) -> int:
        return len(self._order)

    def __getitems__(self, indices: list[int]) -> dict[str, Tensor]:
        """Return the batch of these samples."""
        return {name: column[indices] for name, column in self._columns.items()}

    def first(self, count: int | None, *, seed: int) -> EncodedDataset:
        """The same samples as `RobotDataset.first`."""
        fewer = self._order.first(count, seed=seed)
        rows = torch.from_numpy(np.searchsorted(self._order.slots, fewer.slots))
        return EncodedDataset(columns={n: c[rows] for n, c in self._columns.items()}, order=fewer)

    @property
    def samples_per_epoch(self) -> int:
        """Samples drawn per epoch."""
        return self._order.samples_per_epoch

    def epoch_positions(self, epoch: int) -> Positions:
        """Positions drawn in an epoch, as without the cache."""
        return self._order.epoch_positions(epoch)


Kept = Literal["encoded", "trunk"]


def kept_of(policy: Policy, params: FinetuneParams) -> Kept | None:
    """What never changes while this policy learns: all that the backbone says, or its trunk's part; or nothing.

    A model that is sharded does not fit one process, so it answers at every step; so does one that sees
    augmented images, asks a new query, or learns codes beside actions.
    """
    changing = params.augmentation.is_on or params.joint_latent_weight > 0 or params.shard
    if policy.action_query is not None or changing:
        return None
    if _learns_nothing(policy.backbone.parameters()):
        return "encoded"
    parted = policy.backbone.parts_its_trunk and policy.head.reads == "features"
    return "trunk" if parted and _learns_nothing(policy.backbone.trunk_parameters()) else None


def _learns_nothing(parameters: Iterable[nn.Parameter]) -> bool:
    return not any(parameter.requires_grad for parameter in parameters)


def seen_once(
    policy: Policy, frames: RobotDataset, params: FinetuneParams, *, device: torch.device
) -> RobotDataset | EncodedDataset:
    """What never changes of these frames while the policy learns, computed now; the frames where all changes."""
    kept = kept_of(policy, params)
    if kept is None:
        return frames
    size = params.trainer.batch_size
    return _encode_all(policy, frames, kept=kept, batch_size=size, device=device)


@torch.no_grad()
def _encode_all(
    policy: Policy, dataset: RobotDataset, *, kept: Kept, batch_size: int, device: torch.device
) -> EncodedDataset:
    """Run backbone or trunk, in evaluation mode, once over every frame; results lie on the CPU."""
    was_training = policy.training
    policy.to(device).eval()
    answer = policy.encode_observation if kept == "encoded" else policy.backbone.trunk
    batches = []
    for batch in evaluation_loader(dataset, batch_size=batch_size):
        output = answer(batch["frames"].to(device), batch["instructions"])
        others = {n: value for n, value in batch.items() if n not in {"frames", "instructions"}}
        batches.append(others | {kept: output.cpu()})
    policy.train(was_training)
    columns = {name: torch.cat([batch[name] for batch in batches]) for name in batches[0]}
    return EncodedDataset(columns=columns, order=dataset)


def encoded_loader(dataset: EncodedDataset, **order: Any) -> DataLoader[EncodedBatch | TrunkBatch]:
    """Batches in exactly the order of `lapa.data.loading.loader.training_loader`, whose keywords it takes."""
    return DataLoader(
        dataset,
        batch_sampler=TrainingBatches(dataset, **order),
        collate_fn=_as_is,
        # iter() would otherwise draw a seed from the global generator and shift the flow's noise
        generator=torch.Generator().manual_seed(0),
    )


def encoded_batches(
    dataset: EncodedDataset, *, batch_size: int, rank: int, world_size: int
) -> Iterator[dict[str, Tensor]]:
    """This rank's share of the samples, each once."""
    own = list(range(rank, len(dataset), world_size))
    for start in range(0, len(own), batch_size):
        yield dataset.__getitems__(own[start : start + batch_size])


def _as_is(batch: Any) -> Any:
    """Keep the batch that ``__getitems__`` has made."""
    return batch
