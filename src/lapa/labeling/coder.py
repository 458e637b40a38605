"""Frozen models that give pairs their codes: quantisers, and inverse dynamics models whose actions fall into bins."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor

from lapa.models.inverse_dynamics.frozen import FrozenInverseDynamics
from lapa.models.laq.frozen import FrozenQuantizer
from lapa.params.labeling import LabelingParams
from lapa.records import Checkpoint

INVERSE_DYNAMICS = "inverse_dynamics"


class PairCoder(Protocol):
    """A frozen model as labelling sees it."""

    @property
    def code_seq_len(self) -> int:
        """S."""
        ...

    @property
    def codebook_size(self) -> int:
        """K."""
        ...

    def codes(self, frames: Tensor) -> Tensor:
        """Pairs ``uint8 (batch, 2, height, width, 3)`` to ``int64 (batch, code)``."""
        ...


def open_coder(
    model: Checkpoint, params: LabelingParams, device: torch.device
) -> tuple[PairCoder, dict[str, Any]]:
    """Load the model of a checkpoint, whose kind says how it gives codes.

    Returns:
        The model, and the fields of `lapa.records.LabelSet` that say what made its labels.
    """
    folder = Path(model.path)
    if model.kind == INVERSE_DYNAMICS:
        guessing = FrozenInverseDynamics(
            folder=folder, device=device, precision=params.precision, bins=params.action_bins
        )
        inputs = {INVERSE_DYNAMICS: model.digest}
        return guessing, {"made_by": model.kind, "inputs": inputs, "actions": guessing.stats}
    quantizer = FrozenQuantizer(folder=folder, device=device, precision=params.precision)
    digests = {"laq": model.digest, "codebook": quantizer.codebook_digest()}
    return quantizer, {"inputs": digests}
