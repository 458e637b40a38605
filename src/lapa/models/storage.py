"""How a model lies on disk: weights in safetensors, configuration in JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeVar

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from lapa.folders.file_mode import follow_umask
from lapa.folders.full_disk import told_when_full
from lapa.params.base import Params
from lapa.records import RECORD, Checkpoint, CheckpointKind, digest_of_file, require_same
from lapa.refused import RefusedError

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
    with told_when_full(folder / WEIGHTS):
        save_file(state, folder / WEIGHTS)
    follow_umask(folder / WEIGHTS)
    (folder / CONFIG).write_text(json.dumps(fields, indent=2) + "\n")
    return digest_of_file(folder / WEIGHTS)


def load_weights(folder: Path, module: nn.Module, *, kind: CheckpointKind | None = None) -> None:
    """Load ``model.safetensors`` into a module whose keys and shapes must match exactly.

    Where a record lies beside them, the weights must be those it describes: their SHA-256 is taken
    again (about a second per gigabyte; `docs/data-contract.md` has the measurement).

    Args:
        folder: what `save_model` wrote.
        module: receives the weights.
        kind: what the record must say it is; None takes any.

    Raises:
        FileNotFoundError: the folder holds no weights.
        ValueError: the weights are not those of the record or the file is damaged, keys are missing or
            unexpected, or a shape differs; the message names them.
    """
    require_recorded(folder, kind=kind)
    state = _read(folder / WEIGHTS)
    expected = module.state_dict()
    require_same_keys(set(state), set(expected), source=str(folder / WEIGHTS))
    for name, tensor in state.items():
        if tensor.shape != expected[name].shape:
            raise ValueError(
                f"{folder / WEIGHTS}: {name} has shape {tuple(tensor.shape)}, "
                f"the model expects {tuple(expected[name].shape)}; use the config beside it"
            )
    module.load_state_dict(state)


def require_recorded(folder: Path, *, kind: CheckpointKind | None = None) -> None:
    """Compare the weights with the record beside them; a folder without a record says nothing.

    Raises:
        ValueError: the record is of another kind or was edited, or a file has another digest.
    """
    if not (folder / RECORD).is_file():
        return
    record = Checkpoint.read(folder)
    if kind is not None:
        remedy = "another model lies there: point to the right folder, or make it again"
        require_same(f"kind of the checkpoint in {folder}", record.kind, kind, remedy=remedy)
    for name, digest in {WEIGHTS: record.digest, **record.files}.items():
        require_same(
            f"SHA-256 of {folder / name}",
            digest_of_file(folder / name),
            digest,
            remedy="this is not the file its record describes (damaged, edited, or of another model): "
            "restore it, or delete the folder and train again",
        )


def _read(path: Path) -> dict[str, Tensor]:
    try:
        state: dict[str, Tensor] = load_file(path)
    except SafetensorError as error:
        raise ValueError(
            f"{path} is damaged ({error}); expected a complete safetensors file: restore it, or delete "
            "its folder and train again"
        ) from error
    return state


def read_config(folder: Path, params: type[P]) -> P:
    """Read ``config.json`` as the given parameter class.

    Raises:
        FileNotFoundError: the folder holds no configuration.
        ValueError: it describes another kind of model, or none (`pydantic.ValidationError`).
    """
    path = folder / CONFIG
    if not path.is_file():
        raise FileNotFoundError(
            f"no model at {folder}: expected {CONFIG} and {WEIGHTS}; point to a folder that holds both"
        )
    text = path.read_text()
    expected = params.model_fields["kind"].default
    found = _kind(text, expected)
    require_same(
        f"kind of the model in {folder}", found, expected, remedy="point to the right folder"
    )
    return params.model_validate_json(text)


def _kind(text: str, otherwise: str) -> str:
    """What a configuration says it is; what it does not say, or is no JSON, validation names better."""
    try:
        return str(json.loads(text).get("kind", otherwise))
    except (ValueError, AttributeError):
        return otherwise


def kind_of_model(folder: Path) -> str:
    """What kind of model lies in a folder that somebody named, such as ``policy``; only ``config.json`` is read.

    Raises:
        RefusedError: no model lies there, or its configuration does not say.
    """
    file = folder / CONFIG
    if not file.is_file():
        holds = sorted(path.name for path in folder.iterdir())[:5] if folder.is_dir() else "nothing"
        raise RefusedError(
            f"no model at {folder}: found {holds}, expected a folder with {CONFIG} and {WEIGHTS}, such as "
            "data/06_models/RUN/laq, …/lapa/foundation or …/lapa/policy"
        )
    try:
        return str(json.loads(file.read_text())["kind"])
    except (ValueError, KeyError, TypeError) as error:
        raise RefusedError(
            f"{file} does not say the kind of its model ({error}); expected a file that training wrote"
        ) from error


def require_same_keys(keys: set[str], expected: set[str], *, source: str) -> None:
    """Refuse a state dict with other keys.

    Raises:
        ValueError: names up to eight missing and eight unexpected keys.
    """
    if keys == expected:
        return
    missing, unexpected = sorted(expected - keys), sorted(keys - expected)
    raise ValueError(
        f"{source}: {len(missing)} keys missing {missing[:8]}, "
        f"{len(unexpected)} unexpected {unexpected[:8]}; "
        "the weights belong to another model or configuration"
    )
