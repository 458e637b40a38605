"""The held-out batches of stage 2, this rank's share of them."""

from __future__ import annotations

from typing import Any

from torch.utils.data import DataLoader

from lapa.data.loading.loader import LoadableDataset, evaluation_loader
from lapa.distributed.ranks import rank, world_size
from lapa.params.foundation.stage import FoundationParams


def held_out_batches(
    dataset: LoadableDataset, params: FoundationParams
) -> DataLoader[dict[str, Any]]:
    """Every sample once."""
    size = params.trainer.batch_size
    return evaluation_loader(dataset, batch_size=size, rank=rank(), world_size=world_size())
