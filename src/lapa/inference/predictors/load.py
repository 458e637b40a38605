"""Any of the three kinds of models from its folder."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import torch

from lapa.inference.predictors.foundation import FoundationPredictor
from lapa.inference.predictors.policy import PolicyPredictor
from lapa.inference.predictors.predictor import Predictor
from lapa.inference.predictors.quantizer import QuantizerPredictor
from lapa.models.storage import kind_of_model
from lapa.records import FrameCodec
from lapa.refused import RefusedError

CPU: Final = torch.device("cpu")
KINDS: Final = ("policy", "foundation", "laq")


def load_predictor(
    folder: Path,
    *,
    device: torch.device = CPU,
    frames_like: FrameCodec | None = None,
    horizon_s: float | None = None,
) -> Predictor:
    """Load a policy, a foundation model or a quantiser, whichever lies there.

    Args:
        folder: with ``config.json`` and ``model.safetensors``, as training writes it.
        device: where it computes.
        frames_like: codec of the shards it was trained on (`ShardSet.codec`); a policy carries its own.
        horizon_s: of a quantiser without a record, seconds.

    Raises:
        RefusedError: the folder holds no such model.
        ValueError: configuration, weights and record do not belong together.
    """
    kind = kind_of_model(folder)
    _refuse("frames_like", frames_like, kind, ("foundation", "laq"))
    _refuse("horizon_s", horizon_s, kind, ("laq",))
    if kind == "policy":
        return PolicyPredictor(folder, device=device)
    if kind == "foundation":
        return FoundationPredictor(folder, device=device, frames_like=frames_like)
    if kind == "laq":
        return QuantizerPredictor(
            folder, device=device, frames_like=frames_like, horizon_s=horizon_s
        )
    raise RefusedError(
        f"{folder} holds a model of kind {kind!r}, expected one of {', '.join(KINDS)}"
    )


def _refuse(name: str, value: object, kind: str, kinds: tuple[str, ...]) -> None:
    if value is not None and kind not in kinds and kind in KINDS:
        raise RefusedError(
            f"{name} is given, and the model is of kind {kind!r}, which carries its own or has none; "
            f"expected it only for {' and '.join(kinds)}"
        )
