"""What a frozen backbone makes of the labelled frames, computed once instead of at every step."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict, final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from lapa.data.loading.loader import evaluation_loader
from lapa.data.loading.order import TrainingBatches
from lapa.data.loading.robot import RobotDataset
from lapa.models.policy.policy import Policy
from lapa.params.finetune import FinetuneParams


@final
class EncodedBatch(TypedDict):
    """A `RobotBatch` with what the backbone said in place of image and instruction."""

    encoded: Tensor
    """What `Policy.observe` returns."""
    actions: Tensor
    """``float32 (batch, time, action_dim)``."""
    action_mask: Tensor
    """``bool (batch, time)``."""
    states: NotRequired[Tensor]
    """``float32 (batch, state_dim)``."""
    latent_codes: NotRequired[Tensor]
    """``int64 (batch, code)``."""
    sample_id: Tensor


class EncodedDataset(Dataset[EncodedBatch]):
    """`EncodedBatch`es of a `RobotDataset`; same order, read by batches."""

    def __init__(self, *, columns: dict[str, Tensor], order: RobotDataset) -> None:
        self._columns = columns
        self._order = order

    def __len__(self) -> int:
        return len(self._order)

    def __getitems__(self, indices: list[int]) -> dict[str, Tensor]:
        """Return the batch of these samples."""
        return {name: column[indices] for name, column in self._columns.items()}

    @property
    def samples_per_epoch(self) -> int:
        """Samples drawn per epoch."""
        return self._order.samples_per_epoch

    def epoch_positions(self, epoch: int) -> NDArray[np.int64]:
        """Positions drawn in an epoch, as without the cache."""
        return self._order.epoch_positions(epoch)


def needs_no_frames(policy: Policy, params: FinetuneParams) -> bool:
    """Whether what the backbone says never changes while the head learns.

    A model that is sharded does not fit one process, so it answers at every step.
    """
    frozen = not any(p.requires_grad for p in policy.backbone.parameters())
    changes = policy.action_query is not None or params.augmentation.is_on
    return frozen and not changes and not params.shard


@torch.no_grad()
def encode_all(
    policy: Policy, dataset: RobotDataset, *, batch_size: int, device: torch.device
) -> EncodedDataset:
    """Run the backbone, in evaluation mode, once over every frame; results lie on the CPU."""
    policy.to(device).eval()
    batches = []
    for batch in evaluation_loader(dataset, batch_size=batch_size):
        output = policy.encode_observation(batch["frames"].to(device), batch["instructions"])
        kept = {n: value for n, value in batch.items() if n not in {"frames", "instructions"}}
        batches.append(kept | {"encoded": output.cpu()})
    policy.cpu()
    columns = {name: torch.cat([batch[name] for batch in batches]) for name in batches[0]}
    return EncodedDataset(columns=columns, order=dataset)


def encoded_loader(dataset: EncodedDataset, **order: Any) -> DataLoader[EncodedBatch]:
    """Batches in exactly the order of `lapa.data.loading.loader.training_loader`, whose keywords it takes."""
    return DataLoader(
        dataset,
        batch_sampler=TrainingBatches(dataset, **order),
        collate_fn=_as_is,
        # iter() would otherwise draw a seed from the global generator and shift the flow's noise
        generator=torch.Generator().manual_seed(0),
    )


def _as_is(batch: Any) -> Any:
    """Keep the batch that ``__getitems__`` has made."""
    return batch
