"""Memory that loader processes decode batches into, again and again.

Fresh shared memory costs a page fault per 4 kB. For 32 pairs of 256 x 256 that is 10 ms of processor
time, where decoding their JPEGs takes 18 ms. A loader process therefore keeps its buffers; the
process that receives a batch copies it out (0.6 ms) and marks the buffer free.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

FREE, SENT = 0, 1
"""What the last byte of a buffer says."""


class SharedFrames:
    """Frames in shared memory on their way to another process, where they arrive as an ordinary tensor."""

    def __init__(self, buffer: Tensor, shape: tuple[int, ...]) -> None:
        self._buffer, self._shape = buffer, shape
        buffer[-1] = SENT

    def __reduce__(self) -> tuple[Callable[..., Tensor], tuple[Any, ...]]:
        return _receive, (self._buffer, self._shape)


class BatchMemory:
    """The shared buffers of one loader process; as many as batches wait to be received."""

    def __init__(self) -> None:
        self._buffers: list[Tensor] = []

    def take(self, shape: tuple[int, ...]) -> tuple[NDArray[np.uint8], Tensor]:
        """Return ``uint8`` images of this shape and the free buffer that they lie in."""
        size = math.prod(shape)
        usable = (b for b in self._buffers if len(b) > size and b[-1] == FREE)
        buffer = next(usable, None)
        if buffer is None:
            buffer = _shared(size + 1)
            self._buffers.append(buffer)
        return buffer.numpy()[:size].reshape(shape), buffer


def _shared(size: int) -> Tensor:
    # as torch's own collate does (torch.utils.data._utils.collate.collate_tensor_fn)
    empty = torch.empty(0, dtype=torch.uint8)
    storage = empty.untyped_storage()._new_shared(size)  # type: ignore[no-untyped-call]
    buffer = empty.new(storage).resize_(size)
    buffer[-1] = FREE
    return buffer


def _receive(buffer: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Copy a batch out of its buffer and free the buffer: runs where a batch is unpickled."""
    images = np.empty(shape, np.uint8)  # numpy asks for huge pages, torch does not
    np.copyto(images, buffer.numpy()[: images.size].reshape(shape))
    buffer[-1] = FREE
    return torch.from_numpy(images)
