"""A graph: a module from named tensors to named tensors, and how two runs of it are compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

Arrays = dict[str, NDArray[np.generic]]
"""Tensors by name; the first axis is the batch."""


@dataclass(frozen=True, kw_only=True)
class TensorFacts:
    """One input or output."""

    dtype: torch.dtype
    shape: tuple[int, ...]
    """Without the batch."""
    meaning: str
    """A phrase for the card: what it is, its range or unit."""

    @property
    def text(self) -> str:
        """``uint8 (batch, 64, 64, 3)``."""
        return f"{str(self.dtype).removeprefix('torch.')} ({', '.join(['batch', *map(str, self.shape)])})"


@dataclass(frozen=True, kw_only=True)
class Graph:
    """What is written to one file."""

    name: str
    """Of the file, without its ending."""
    module: nn.Module
    """Takes the inputs in their order, returns a tuple of the outputs in theirs; in evaluation mode."""
    inputs: Mapping[str, TensorFacts]
    outputs: Mapping[str, TensorFacts]
    """In the order in which they follow from one another."""
    choices: Mapping[str, Callable[[Tensor], Tensor]] = field(default_factory=dict)
    """Output -> what is chosen by it, ``(batch, ...)``: the later outputs follow from that choice alone."""
    scales: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    """Output -> what its differences are divided by; 1 where nothing is said."""
    reference: Callable[[Arrays, list[str]], Arrays]
    """Outputs by the model's own interface, of the inputs and their instructions."""

    def named(self, outputs: tuple[Tensor, ...]) -> Arrays:
        """Outputs of the module as arrays by name."""
        arrays = (tensor.detach().cpu().numpy() for tensor in outputs)
        return dict(zip(self.outputs, arrays, strict=True))

    def tensors(self, inputs: Arrays) -> tuple[Tensor, ...]:
        """Inputs by name as the module takes them."""
        return tuple(torch.from_numpy(np.ascontiguousarray(inputs[name])) for name in self.inputs)

    @torch.inference_mode()
    def run(self, inputs: Arrays) -> Arrays:
        """The module itself, by PyTorch."""
        return self.named(self.module(*self.tensors(inputs)))


def likeliest(logits: Tensor) -> Tensor:
    """Index of the largest of the last axis."""
    return logits.argmax(dim=-1)
