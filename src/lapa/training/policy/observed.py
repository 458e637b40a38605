"""What a frozen backbone makes of the labelled frames, computed once instead of at every step."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from lapa.data.loading.loader import evaluation_loader
from lapa.data.loading.order import TrainingBatches
from lapa.data.loading.robot import RobotDataset
from lapa.models.policy.policy import Policy


class ObservedDataset(Dataset[dict[str, Tensor]]):
    """A `RobotDataset` with ``observed`` in place of image and text; same order, read by batches."""

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


@torch.no_grad()
def observe_all(
    policy: Policy, dataset: RobotDataset, *, batch_size: int, device: torch.device
) -> ObservedDataset:
    """Run the backbone, in evaluation mode, once over every frame; results lie on the CPU."""
    policy.to(device).eval()
    batches = []
    for batch in evaluation_loader(dataset, batch_size=batch_size):
        kept = {
            name: value for name, value in batch.items() if name not in ("frames", "instructions")
        }
        observed = policy.encode_observation(batch["frames"].to(device), batch["instructions"])
        batches.append(kept | {"observed": observed.cpu()})
    policy.cpu()
    columns = {name: torch.cat([batch[name] for batch in batches]) for name in batches[0]}
    return ObservedDataset(columns=columns, order=dataset)


def observed_loader(dataset: ObservedDataset, **order: Any) -> DataLoader[dict[str, Tensor]]:
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
