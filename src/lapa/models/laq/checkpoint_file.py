"""Read another project's checkpoint file: tensors and plain settings, and no code of its pickle.

Lightning files of HLRP hold OmegaConf objects. Their classes are read as inert stand-ins, and any other
class is refused by name: a pickle that may name what it likes runs what it likes.
"""

from __future__ import annotations

import pickle
import re
import zipfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor


class StoredSettings:
    """Stands in for a class of OmegaConf: keeps what was pickled, does nothing."""

    def __setstate__(self, state: Any) -> None:
        self.stored = state


_CONFIGURATION: list[Any] = [
    *(
        (StoredSettings, f"omegaconf.{name}")
        for name in (
            "dictconfig.DictConfig",
            "listconfig.ListConfig",
            "nodes.AnyNode",
            "base.Metadata",
            "base.ContainerMetadata",
        )
    ),
    (Any, "typing.Any"),
    defaultdict,
    *(dict, list, int),
    *((dict, "__builtin__.dict"), (list, "__builtin__.list"), (int, "__builtin__.long")),
]
"""Every class that may stand in a file beside tensors, and what is built in its place.

Older protocols call the built-in ones by their names of Python 2, which torch may or may not translate.
"""


@dataclass(frozen=True)
class CheckpointFile:
    """What a checkpoint file says, whichever project wrote it."""

    state: dict[str, Tensor]
    settings: Mapping[str, Any]
    """Of the model, as far as they are plain values; empty where the file has none."""
    step: int | None
    """Optimizer steps behind the weights; None where the file does not say."""


def read_checkpoint_file(path: Path) -> CheckpointFile:
    """Load a state dict, alone or in a dictionary with settings around it.

    Raises:
        FileNotFoundError: no such file.
        ValueError: the file names a class that is not read, is damaged, or holds no state dict.
    """
    content = _load(path)
    if not isinstance(content, Mapping):
        raise ValueError(f"{path}: expected a state dict (name -> tensor), found {type(content)}")
    state = content.get("state_dict", content)
    if not isinstance(state, Mapping) or not state or not all(map(_is_entry, state.items())):
        raise ValueError(
            f"{path}: expected a state dict (name -> tensor), found a dictionary with "
            f"{sorted(map(str, content))[:8]}; export the weights alone"
        )
    step = content.get("global_step")
    return CheckpointFile(
        state=dict(state), settings=_settings(content), step=step if type(step) is int else None
    )


def _load(path: Path) -> Any:
    is_zip = zipfile.is_zipfile(path)
    try:
        with torch.serialization.safe_globals(_CONFIGURATION):
            return torch.load(path, map_location="cpu", weights_only=True, mmap=is_zip)
    except FileNotFoundError:
        raise
    except pickle.UnpicklingError as error:
        raise ValueError(_refusal(path, error, is_zip=is_zip)) from error
    except (RuntimeError, EOFError, OSError, LookupError) as error:
        reason = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
        raise ValueError(
            f"{path} cannot be read ({reason}), expected a complete file of torch.save: copy it again"
        ) from error


def _refusal(path: Path, error: pickle.UnpicklingError, *, is_zip: bool) -> str:
    named = set(re.findall(r"GLOBAL (\S+)", str(error)))
    if is_zip:
        named |= _named_in(path)
    if not named:
        return f"{path} cannot be read, expected a file of torch.save with tensors and plain values"
    return (
        f"{path} is refused: its pickle names {', '.join(sorted(named))}, expected tensors, plain "
        "values and OmegaConf's containers; whatever else a pickle names could run code. Save the "
        "state dict alone where the file was made"
    )


def _named_in(path: Path) -> set[str]:
    """All classes that are refused, not only the first; none where a damaged pickle cannot be listed."""
    try:
        with torch.serialization.safe_globals(_CONFIGURATION):
            return set(torch.serialization.get_unsafe_globals_in_checkpoint(path))
    except (pickle.UnpicklingError, RuntimeError, EOFError, OSError, LookupError, ValueError):
        return set()


def _is_entry(item: tuple[Any, Any]) -> bool:
    name, value = item
    return isinstance(name, str) and isinstance(value, Tensor)


def _settings(content: Mapping[str, Any]) -> dict[str, Any]:
    """HLRP's ``hyper_parameters.model_config``, or constructor arguments kept as ``cfg``."""
    holders = _inside(content.get("hyper_parameters")), content
    models = (_inside(holders[0].get("model_config")), _inside(holders[1].get("cfg")))
    chosen = models[0] or models[1]
    values = {name: _plain(node) for name, node in chosen.items()}
    return {name: value for name, value in values.items() if isinstance(value, bool | int | str)}


def _inside(node: Any) -> Mapping[str, Any]:
    """The entries of a container, plain or of OmegaConf; none where it is something else."""
    stored = getattr(node, "stored", None)
    held = stored.get("_content") if isinstance(stored, Mapping) else node
    return held if isinstance(held, Mapping) else {}


def _plain(node: Any) -> Any:
    stored = getattr(node, "stored", None)
    return stored.get("_val") if isinstance(stored, Mapping) else node
