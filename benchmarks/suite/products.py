"""The matrix products of a call, repeated alone: what it would take if everything else were free."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

PRODUCTS = {
    torch.ops.aten.mm.default,
    torch.ops.aten.bmm.default,
    torch.ops.aten.addmm.default,
    torch.ops.aten.baddbmm.default,
}
Shape = tuple[tuple[int, ...], tuple[int, ...], torch.dtype]


@dataclass
class Product:
    """One call: which operation, on operands of which shapes."""

    operation: Callable[..., Tensor]
    shapes: tuple[Shape, ...]


class Seen(TorchDispatchMode):
    """Notes every matrix product that is computed."""

    def __init__(self) -> None:
        super().__init__()
        self.products: list[Product] = []

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Note and go on."""
        if func in PRODUCTS:
            tensors = [a for a in args if isinstance(a, Tensor)]
            shapes = tuple((tuple(t.shape), t.stride(), t.dtype) for t in tensors)
            self.products.append(Product(func, shapes))
        return func(*args, **(kwargs or {}))


def products_of(call: Callable[[], object]) -> Callable[[], None]:
    """Return a function that computes the matrix products of ``call``, on operands laid out alike, and no more."""
    with Seen() as seen:
        call()
    operands = {shape: _operand(shape) for product in seen.products for shape in product.shapes}
    calls = [(p.operation, [operands[shape] for shape in p.shapes]) for p in seen.products]

    def alone() -> None:
        with torch.no_grad():
            for operation, tensors in calls:
                operation(*tensors)

    return alone


def _operand(shape: Shape) -> Tensor:
    size, stride, dtype = shape
    return torch.empty_strided(size, stride, dtype=torch.float32).normal_().to(dtype)
