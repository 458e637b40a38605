"""Buffers are used again only after their batch has been received, and never seen outside."""

from __future__ import annotations

import pickle
from multiprocessing.reduction import ForkingPickler

import numpy as np
import torch
import torch.multiprocessing  # registers how tensors travel

from lapa.data.loading.batch_memory import BatchMemory, SharedFrames

SHAPE = (3, 4, 4, 3)


def filled(memory: BatchMemory, value: int, shape: tuple[int, ...] = SHAPE) -> SharedFrames:
    images, buffer = memory.take(shape)
    images[...] = value
    return SharedFrames(buffer, shape)


def sent(batch: SharedFrames) -> torch.Tensor:
    found: torch.Tensor = pickle.loads(ForkingPickler.dumps(batch))  # noqa: S301
    return found


def test_a_batch_arrives_as_an_ordinary_tensor_of_its_own() -> None:
    memory = BatchMemory()
    first = sent(filled(memory, 1))
    second = sent(filled(memory, 2))
    assert (first.shape, first.dtype, first.is_shared()) == (SHAPE, torch.uint8, False)
    assert torch.all(first == 1)
    assert torch.all(second == 2)


def test_a_buffer_waits_for_its_batch_to_be_received() -> None:
    memory = BatchMemory()
    waiting = [filled(memory, value) for value in (1, 2, 3)]
    assert [int(sent(batch).unique()) for batch in waiting] == [1, 2, 3]
    _, buffer = memory.take(SHAPE)
    assert any(buffer is batch._buffer for batch in waiting)


def test_a_buffer_also_holds_smaller_batches() -> None:
    memory = BatchMemory()
    sent(filled(memory, 1))
    small, buffer = memory.take((1, *SHAPE[1:]))
    assert len(buffer) == np.prod(SHAPE) + 1
    assert small.shape == (1, *SHAPE[1:])
    _, larger = memory.take((9, *SHAPE[1:]))
    assert larger is not buffer
