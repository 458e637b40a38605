"""A quantizer of another project, from its file: the original's and HLRP's, told apart by content."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor

from lapa.models.laq.checkpoint_file import CheckpointFile, read_checkpoint_file
from lapa.models.laq.hlrp_checkpoint import HlrpState, from_hlrp, is_hlrp
from lapa.models.laq.inferred_config import infer_config
from lapa.models.laq.model import LatentActionQuantizer
from lapa.models.laq.original_checkpoint import from_original, to_original, without_prefix
from lapa.params.laq.model import LaqModelParams


@dataclass(frozen=True)
class ForeignQuantizer:
    """What a file of another project holds."""

    origin: Literal["LAPA", "HLRP"]
    state: dict[str, Tensor]
    """Under the original's names, complete for `config`."""
    config: LaqModelParams
    alternatives: tuple[str, ...]
    """Other sizes that the file fits as well; empty when there is no doubt."""
    step: int | None
    """Optimizer steps behind the weights; None where the file does not say."""
    notes: tuple[str, ...]
    """What was left out of the file, in sentences."""

    def build(self) -> LatentActionQuantizer:
        """The model, in evaluation mode.

        Raises:
            ValueError: keys are missing or unexpected, or a shape differs.
        """
        return from_original(self.state, self.config)


def read_foreign(
    path: Path, *, code_seq_len: int | None = None, image_size: int | None = None
) -> ForeignQuantizer:
    """Read a checkpoint file of the original project or of HLRP.

    Args:
        path: a state dict, or a Lightning file.
        code_seq_len: codes per pair, where neither shapes nor settings tell.
        image_size: pixels per side, likewise.

    Raises:
        FileNotFoundError: no such file.
        ValueError: it is none of theirs, a revision that is not supported, holds more than tensors and
            settings, or contradicts what was given.
    """
    file = read_checkpoint_file(path)
    named = _named(file)
    inferred = infer_config(
        named.state,
        code_seq_len=_told(file, path, "code_seq_len", code_seq_len),
        image_size=_told(file, path, "image_size", image_size),
    )
    return ForeignQuantizer(
        origin="HLRP" if is_hlrp(file.state) else "LAPA",
        state=named.state if named.has_decoder else _with_black_decoder(named, inferred.config),
        config=inferred.config,
        alternatives=inferred.alternatives,
        step=file.step,
        notes=named.notes,
    )


def _named(file: CheckpointFile) -> HlrpState:
    """The tensors under the original's names."""
    if is_hlrp(file.state):
        return from_hlrp(file.state, uses_dino=file.settings.get("use_dinov3_encoder") is True)
    return HlrpState(without_prefix(file.state), has_decoder=True, notes=())


def _told(file: CheckpointFile, path: Path, name: str, given: int | None) -> int | None:
    """A size that the settings or the caller gives.

    Raises:
        ValueError: they contradict each other.
    """
    stored: Any = file.settings.get(name)
    if type(stored) is not int:  # absent, or a reference to another part of the configuration
        return given
    if given not in (None, stored):
        raise ValueError(
            f"{path}: its settings say {name} {stored}, given was {given}; leave it out"
        )
    return stored


def _with_black_decoder(named: HlrpState, config: LaqModelParams) -> dict[str, Tensor]:
    with torch.device("meta"):
        shapes = to_original(LatentActionQuantizer(config))
    decoder = ("dec_spatial_transformer.", "to_pixels_first_frame.")
    black = {n: torch.zeros(t.shape) for n, t in shapes.items() if n.startswith(decoder)}
    return {**named.state, **black}
