"""How a model lies on disk: weights in safetensors, configuration in JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeVar

from safetensors.torch import load_file, save_file
from torch import nn

from lapa.params.base import Params
from lapa.records import digest_of_file

WEIGHTS = "model.safetensors"
CONFIG = "config.json"

P = TypeVar("P", bound=Params)


def save_model(folder: Path, module: nn.Module, config: Params) -> str:
    """Write ``model.safetensors`` and ``config.json``.

    Args:
        folder: made if missing.
        module: its persistent state is written, on the CPU, unchanged.
        config: must have a ``kind`` field, so that a reader knows what to build.

    Returns:
        SHA-256 of the weights file.

    Raises:
        ValueError: the configuration has no ``kind``.
    """
    fields = config.model_dump(mode="json")
    if "kind" not in fields:
        raise ValueError(f"{type(config).__name__} has no field 'kind'; give it one")
    folder.mkdir(parents=True, exist_ok=True)
    state = {
        name: tensor.detach().cpu().contiguous() for name, tensor in module.state_dict().items()
    }
    save_file(state, folder / WEIGHTS)
    (folder / CONFIG).write_text(json.dumps(fields, indent=2) + "\n")
    return digest_of_file(folder / WEIGHTS)


def load_weights(folder: Path, module: nn.Module) -> None:
    """Load ``model.safetensors`` into a module whose keys and shapes must match exactly.

    Raises:
        FileNotFoundError: the folder holds no weights.
        ValueError: keys are missing or unexpected, or a shape differs; the message names them.
    """
    state = load_file(folder / WEIGHTS)
    expected = module.state_dict()
    require_same_keys(set(state), set(expected), source=str(folder / WEIGHTS))
    for name, tensor in state.items():
        if tensor.shape != expected[name].shape:
            raise ValueError(
                f"{folder / WEIGHTS}: {name} has shape {tuple(tensor.shape)}, "
                f"the model expects {tuple(expected[name].shape)}; use the config beside it"
            )
    module.load_state_dict(state)


def read_config(folder: Path, params: type[P]) -> P:
    """Read ``config.json`` as the given parameter class.

    Raises:
        FileNotFoundError: the folder holds no configuration.
        pydantic.ValidationError: it describes another kind of model.
    """
    return params.model_validate_json((folder / CONFIG).read_text())


def require_same_keys(found: set[str], expected: set[str], *, source: str) -> None:
    """Refuse a state dict with other keys.

    Raises:
        ValueError: names up to eight missing and eight unexpected keys.
    """
    if found == expected:
        return
    missing, unexpected = sorted(expected - found), sorted(found - expected)
    raise ValueError(
        f"{source}: {len(missing)} keys missing {missing[:8]}, "
        f"{len(unexpected)} unexpected {unexpected[:8]}; "
        "the weights belong to another model or configuration"
    )
