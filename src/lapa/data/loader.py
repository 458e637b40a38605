"""DataLoaders over slots: exactly resumable by one integer, uint8 until the device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import cv2
import numpy as np
import torch
from torch.utils.data import DataLoader, get_worker_info

from lapa.data.order import EvaluationBatches, Ordered, TrainingBatches


class LoadableDataset(Ordered, Protocol):
    """A map-style dataset with an order."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int) -> dict[str, Any]: ...


def training_loader(
    dataset: LoadableDataset,
    *,
    batch_size: int,
    seed: int,
    max_steps: int,
    start_step: int = 0,
    rank: int = 0,
    world_size: int = 1,
    num_workers: int = 0,
) -> DataLoader[dict[str, Any]]:
    """Yield batches ``start_step .. max_steps - 1``; epochs roll over inside.

    Args:
        dataset: `PairDataset`, `LatentDataset`, `RobotDataset` or a mixture of them.
        batch_size: samples per process.
        seed: the order is a function of it and the step alone.
        max_steps: batches of the whole training, those before ``start_step`` included.
        start_step: batches already consumed: the whole resume state.
        rank: this process, within ``world_size``.
        world_size: processes that share each global batch.
        num_workers: loader processes; the batches do not depend on it.
    """
    batches = TrainingBatches(
        dataset,
        batch_size=batch_size,
        seed=seed,
        max_steps=max_steps,
        start_step=start_step,
        rank=rank,
        world_size=world_size,
    )
    return _loader(dataset, batches, num_workers)


def evaluation_loader(
    dataset: LoadableDataset,
    *,
    batch_size: int,
    rank: int = 0,
    world_size: int = 1,
    num_workers: int = 0,
) -> DataLoader[dict[str, Any]]:
    """Yield every sample once, in storage order, shared among ranks without padding."""
    batches = EvaluationBatches(
        len(dataset), batch_size=batch_size, rank=rank, world_size=world_size
    )
    return _loader(dataset, batches, num_workers)


def _loader(
    dataset: LoadableDataset, batches: TrainingBatches | EvaluationBatches, num_workers: int
) -> DataLoader[dict[str, Any]]:
    return DataLoader(
        dataset,  # type: ignore[arg-type]  # map-style by protocol, not by inheritance
        batch_sampler=batches,
        num_workers=num_workers,
        collate_fn=collate,
        worker_init_fn=one_thread,
        pin_memory=torch.cuda.is_available(),
        prefetch_factor=4 if num_workers else None,
        # iter() would otherwise draw a seed from the global generator and shift the model's dropout
        generator=torch.Generator().manual_seed(0),
    )


def one_thread(worker: int) -> None:
    """Keep a loader process to one thread: processes are the unit of parallelism."""
    cv2.setNumThreads(0)
    torch.set_num_threads(1)


def collate(items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Stack arrays and numbers into tensors of their dtype; texts become a list."""
    return {name: _joined([item[name] for item in items]) for name in items[0]}


def _joined(values: list[Any]) -> torch.Tensor | list[str]:
    if isinstance(values[0], str):
        return values
    first = np.asarray(values[0])
    shape = (len(values), *first.shape)
    kind = torch.from_numpy(np.empty(0, first.dtype)).dtype
    out = torch.empty(shape, dtype=kind)
    if get_worker_info() is not None:
        out.share_memory_()  # type: ignore[no-untyped-call]  # written once, where the parent process reads it
    np.stack(values, out=out.numpy())
    return out
