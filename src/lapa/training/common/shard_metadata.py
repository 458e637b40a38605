"""Look at what a distributed checkpoint says about its tensors, before torch unpickles it without looking."""

from __future__ import annotations

import pickle
import warnings
from pathlib import Path
from typing import Any, Final

import torch
from torch.distributed.checkpoint import metadata as descriptions

METADATA: Final = ".metadata"
_NAMED: Final = frozenset(
    {
        ("collections", "OrderedDict"),
        ("pathlib", "PosixPath"),
        ("torch", "Size"),
        ("torch.distributed.checkpoint.filesystem", "_StorageInfo"),
        ("torch.serialization", "_get_layout"),
        *(
            (descriptions.__name__, name)
            for name in (*descriptions.__all__, "_MEM_FORMAT_ENCODING")
        ),
    }
)
"""What torch writes; ``builtins.getattr`` too, but only to name a memory format."""


def describes_tensors_only(folder: Path) -> bool:
    """Whether ``.metadata`` of a folder names nothing that could run code; else a warning says what it names."""
    try:
        with (folder / METADATA).open("rb") as file:
            _Descriptions(file).load()
    except (pickle.UnpicklingError, OSError, EOFError, LookupError, TypeError, ValueError) as error:
        warnings.warn(
            f"folder {folder} is unreadable ({error}); going on with what was saved before it",
            stacklevel=2,
        )
        return False
    return True


class _Descriptions(pickle.Unpickler):
    """Finds what is allowed, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("builtins", "getattr"):
            return _memory_format
        if (module, name) in _NAMED or _is_dtype(module, name):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(
            f"its {METADATA} names {module}.{name}; expected descriptions of tensors"
        )


def _is_dtype(module: str, name: str) -> bool:
    return module == "torch" and isinstance(getattr(torch, name, None), torch.dtype)


def _memory_format(encoding: Any, name: str) -> Any:
    if encoding is not descriptions._MEM_FORMAT_ENCODING:
        raise pickle.UnpicklingError(f"its {METADATA} asks {encoding} for {name}")
    return encoding[name]
