"""Read the configuration of an original checkpoint off the shapes of its tensors."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from torch import Tensor

from lapa.models.laq.action_grid import CONVOLUTIONS
from lapa.params.laq.model import LaqModelParams

_CONVOLUTION_KEYS = tuple(f"vq.cnn_encoder.{index}.weight" for index in (0, 2, 4))


@dataclass(frozen=True)
class InferredConfig:
    """What the shapes of a checkpoint say about its model."""

    config: LaqModelParams
    alternatives: tuple[str, ...]
    """Other settings with the very same shapes; empty when there is no doubt."""


def infer_config(
    state: Mapping[str, Tensor], *, code_seq_len: int | None = None, image_size: int | None = None
) -> InferredConfig:
    """Read the configuration off the shapes.

    The image size leaves no trace in the weights, and 4 and 16 codes (or 64 and 256) have the same
    convolutions. What is not given is taken to be the original's 256 pixels where that fits, else
    the smallest grid that does.

    Args:
        state: tensors under the original's names.
        code_seq_len: where something else than the shapes tells it.
        image_size: likewise, pixels.

    Raises:
        ValueError: a key that tells the configuration is missing, or no grid fits.
    """
    patch_size = _patch_size(_shape(state, "to_patch_emb_first_frame.1.weight", dims=1)[0])
    candidates = _candidates(state, patch_size)
    chosen = [
        (codes, side)
        for codes, side in candidates
        if code_seq_len in (None, codes) and image_size in (None, side)
    ]
    if not chosen:
        raise ValueError(
            f"code_seq_len {code_seq_len} at image_size {image_size} does not fit the convolutions "
            f"of this checkpoint; possible (code_seq_len, image_size): {candidates}"
        )
    chosen.sort(key=lambda pair: (pair[1] != 256, pair[1]))
    codes, side = chosen[0]
    others = tuple(f"code_seq_len {other} at {size} px" for other, size in chosen[1:])
    return InferredConfig(_config(state, patch_size, codes, side), others)


def _config(
    state: Mapping[str, Tensor], patch_size: int, code_seq_len: int, image_size: int
) -> LaqModelParams:
    codebook_size, quant_dim = _shape(state, "vq.codebooks", dims=2)
    heads, dim = _shape(state, "spatial_rel_pos_bias.net.2.weight", dims=2)
    return LaqModelParams(
        image_size=image_size,
        patch_size=patch_size,
        dim=dim,
        heads=heads,
        head_dim=_head_dim(state, heads),
        spatial_depth=_depth(state, "enc_spatial_transformer"),
        temporal_depth=_depth(state, "enc_temporal_transformer"),
        code_seq_len=code_seq_len,
        codebook_size=codebook_size,
        quant_dim=quant_dim,
        lapa_compat=True,
    )


def _shape(state: Mapping[str, Tensor], name: str, *, dims: int) -> tuple[int, ...]:
    if name not in state:
        raise ValueError(f"original checkpoint: key {name!r} is missing; is this a LAQ state dict?")
    shape = tuple(state[name].shape)
    if len(shape) != dims:
        raise ValueError(
            f"original checkpoint: {name!r} has shape {shape}, expected {dims} dimensions"
        )
    return shape


def _patch_size(values: int) -> int:
    side = math.isqrt(values // 3)
    if 3 * side**2 != values:
        raise ValueError(f"original checkpoint: {values} values per patch is not 3 * side^2")
    return side


def _head_dim(state: Mapping[str, Tensor], heads: int) -> int:
    inner = [n for n in state if n.endswith(".1.to_q.weight")]
    return _shape(state, min(inner, default="to_q.weight"), dims=2)[0] // heads


def _depth(state: Iterable[str], transformer: str) -> int:
    start = f"{transformer}.layers."
    return len({name.removeprefix(start).split(".")[0] for name in state if name.startswith(start)})


def _candidates(state: Mapping[str, Tensor], patch_size: int) -> list[tuple[int, int]]:
    """All (code_seq_len, image_size) whose convolutions have the checkpoint's kernels."""
    kernels = [_shape(state, name, dims=4)[2:] for name in _CONVOLUTION_KEYS if name in state]
    return [
        (codes, grid * patch_size)
        for (codes, grid), shapes in CONVOLUTIONS.items()
        if [shape.kernel for shape in shapes] == kernels
    ]
