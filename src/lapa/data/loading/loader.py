"""DataLoaders over slots: exactly resumable by one integer, uint8 until the device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import DataLoader, Dataset, get_worker_info

from lapa.data.loading.batch_memory import BatchMemory, SharedFrames
from lapa.data.loading.order import EvaluationBatches, Ordered, TrainingBatches
from lapa.stopped import leave_signals_to_parent


class LoadableDataset(Ordered, Protocol):
    """A map-style dataset with an order."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int) -> dict[str, Any]: ...


@runtime_checkable
class ReadsIntoBatch(Protocol):
    """A dataset that decodes its frames into given memory."""

    @property
    def image_shape(self) -> tuple[int, ...]:
        """Shape of one sample's images."""
        ...

    def __len__(self) -> int: ...

    def read_into(self, images: NDArray[np.uint8], index: int) -> dict[str, Any]:
        """Decode a sample's images and return the rest of it."""
        ...


class BatchReader(Dataset[dict[str, Any]]):
    """Reads whole batches: every picture is decoded right into its place in the batch."""

    def __init__(self, dataset: ReadsIntoBatch) -> None:
        self.dataset = dataset
        self._memory = BatchMemory()

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitems__(self, indices: list[int]) -> dict[str, Any]:
        """Return the batch of these samples, as tensors and lists of text."""
        shape = (len(indices), *self.dataset.image_shape)
        if get_worker_info() is None:
            images = np.empty(shape, np.uint8)  # numpy asks for huge pages, torch does not
            return {**self._read(images, indices), "frames": torch.from_numpy(images)}
        images, buffer = self._memory.take(shape)
        return {**self._read(images, indices), "frames": SharedFrames(buffer, shape)}

    def _read(self, images: NDArray[np.uint8], indices: list[int]) -> dict[str, Any]:
        """Decode the images in place; return the rest of the batch."""
        rows = zip(images, indices, strict=True)
        return collate([self.dataset.read_into(row, index) for row, index in rows])


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
        dataset: `PairDataset`, `LatentDataset`, `RobotDataset`, or any map-style dataset with
            `samples_per_epoch` and `epoch_positions`.
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
    reads = isinstance(dataset, ReadsIntoBatch)
    return DataLoader(
        BatchReader(dataset) if reads else dataset,  # type: ignore[arg-type]  # a protocol, no subclass
        batch_sampler=batches,
        num_workers=num_workers,
        collate_fn=_as_is if reads else collate,
        worker_init_fn=begin_worker,
        pin_memory=torch.cuda.is_available(),
        prefetch_factor=4 if num_workers else None,
        # iter() would otherwise draw a seed from the global generator and shift the model's dropout
        generator=torch.Generator().manual_seed(0),
    )


def begin_worker(worker: int) -> None:
    """Keep a loader process to one thread, as processes are the unit of parallelism, and alive until its parent ends."""
    leave_signals_to_parent()
    cv2.setNumThreads(0)
    torch.set_num_threads(1)


def collate(items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Stack arrays and numbers into tensors of their dtype; texts become a list."""
    return {name: _joined([item[name] for item in items]) for name in items[0]}


def _joined(values: list[Any]) -> torch.Tensor | list[str]:
    if isinstance(values[0], str):
        return values
    return torch.from_numpy(np.stack(values))


def _as_is(batch: Any) -> Any:
    """Keep the batch that `BatchReader` has made."""
    return batch
