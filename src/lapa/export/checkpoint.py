"""A trained model's folder: what it is, and its record where there is one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lapa.models.foundation.interface import LatentPolicy
from lapa.models.foundation.storage import load_foundation
from lapa.models.laq.model import LatentActionQuantizer
from lapa.models.laq.storage import load_laq
from lapa.models.policy.policy import Policy
from lapa.models.policy.storage import load_policy
from lapa.models.storage import CONFIG, WEIGHTS, kind_of_model
from lapa.records import RECORD, Checkpoint
from lapa.refused import RefusedError

Kind = Literal["laq", "foundation", "policy"]
Model = LatentActionQuantizer | LatentPolicy | Policy
LOADERS: dict[Kind, Callable[[Path], Model]] = {
    "laq": load_laq,
    "foundation": load_foundation,
    "policy": load_policy,
}


@dataclass(frozen=True, kw_only=True)
class ModelFolder:
    """A folder with `model.safetensors` and `config.json`."""

    path: Path
    kind: Kind
    record: Checkpoint | None
    """None where the folder was not made by a stage."""

    def load(self) -> Model:
        """The model in evaluation mode; a damaged or exchanged file is refused."""
        return LOADERS[self.kind](self.path)


def open_model(path: Path) -> ModelFolder:
    """Look what lies in a folder.

    Raises:
        RefusedError: no model that can be exported.
    """
    if not (path / CONFIG).is_file() or not (path / WEIGHTS).is_file():
        raise RefusedError(
            f"no model at {path}: expected {CONFIG} and {WEIGHTS}, such as data/06_models/RUN/laq, "
            "…/lapa/foundation or …/lapa/policy"
        )
    kind = kind_of_model(path)
    if kind not in LOADERS:
        raise RefusedError(
            f"{path / CONFIG} describes a model of kind {kind!r}, expected one of {', '.join(LOADERS)}"
        )
    record = Checkpoint.read(path) if (path / RECORD).is_file() else None
    return ModelFolder(path=path, kind=kind, record=record)
