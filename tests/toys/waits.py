"""Which operations of a block would make the processor wait for a GPU."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

TORCH = str(Path(torch.__file__).parent)
READ = {"_local_scalar_dense", "is_nonzero", "item", "equal"}
"""A number of a tensor becomes one of Python."""
SHAPED_BY_DATA = {"nonzero", "masked_select", "_unique2", "unique_dim", "bincount"}
"""How large the result is depends on numbers."""
INDEXING = {"index", "index_put", "index_put_"}
ON_THE_PROCESSOR = ("/torch/optim/", "/lapa/data/")
"""Files whose tensors lie on the CPU whatever the model is on: numbers of steps, samples being loaded."""


class Waits(TorchDispatchMode):
    """Collects ``operation, file:line`` while it is entered."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        name = func._schema.name.removeprefix("aten::")
        if name in READ | SHAPED_BY_DATA or (name in INDEXING and _by_mask(args[1])):
            self._note(name)
        return func(*args, **(kwargs or {}))

    def _note(self, name: str) -> None:
        frames = traceback.extract_stack()[:-2]
        files = [frame.filename for frame in frames]
        if any(part in file for part in ON_THE_PROCESSOR for file in files):
            return
        last = next(f for f in reversed(frames) if not f.filename.startswith(TORCH))
        self.found.append(f"{name}, {last.filename}:{last.lineno}")


def _by_mask(indices: Any) -> bool:
    return any(isinstance(i, torch.Tensor) and i.dtype == torch.bool for i in tree_leaves(indices))
