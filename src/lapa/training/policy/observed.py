"""What a frozen backbone makes of the labelled frames, computed once instead of at every step."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from lapa.data.loader import evaluation_loader
from lapa.data.robot import RobotDataset
from lapa.models.policy.policy import Policy


class ObservedDataset:
    """Rows of a `RobotDataset` with ``observed`` in place of image and text; same order."""

    def __init__(self, *, rows: list[dict[str, Any]], order: RobotDataset) -> None:
        self._rows = rows
        self._order = order

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> dict[str, Any]:
        return self._rows[index]

    @property
    def samples_per_epoch(self) -> int:
        """Samples drawn per epoch."""
        return self._order.samples_per_epoch

    def epoch_positions(self, epoch: int) -> NDArray[np.int64]:
        """Positions drawn in an epoch, as without the cache."""
        return self._order.epoch_positions(epoch)


@torch.no_grad()
def observe_all(policy: Policy, dataset: RobotDataset, *, batch_size: int) -> ObservedDataset:
    """Run the backbone, in evaluation mode, once over every frame."""
    policy.eval()
    rows: list[dict[str, Any]] = []
    for batch in evaluation_loader(dataset, batch_size=batch_size):
        kept = {name: value for name, value in batch.items() if name not in ("image", "text")}
        kept["observed"] = policy.observe(batch["image"], batch["text"])
        columns = {name: value.numpy() for name, value in kept.items()}
        rows += [
            {name: value[i] for name, value in columns.items()} for i in range(len(batch["text"]))
        ]
    return ObservedDataset(rows=rows, order=dataset)
