"""Read and write the original project's LAQ checkpoints: same tensors, other names."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from lapa.models.laq.action_grid import CONVOLUTIONS
from lapa.models.laq.model import LatentActionQuantizer
from lapa.models.storage import require_same_keys
from lapa.params.laq.model import LaqModelParams

_PREFIX = "module."
"""Put before every key when the original was trained by several processes."""

_RENAMED = (
    ("position_bias.network.0", "spatial_rel_pos_bias.net.0.0"),
    ("position_bias.network.2", "spatial_rel_pos_bias.net.1.0"),
    ("position_bias.network.4", "spatial_rel_pos_bias.net.2"),
    ("patch_embedding.pixel_norm", "to_patch_emb_first_frame.1"),
    ("patch_embedding.projection", "to_patch_emb_first_frame.2"),
    ("patch_embedding.token_norm", "to_patch_emb_first_frame.3"),
    ("encoder.spatial.", "enc_spatial_transformer."),
    ("encoder.temporal.", "enc_temporal_transformer."),
    ("decoder.transformer.", "dec_spatial_transformer."),
    ("transformer.norm.", "transformer.norm_out."),
    (".blocks.", ".layers."),
    (".peg.conv.", ".0.dsconv."),
    (".self_attention.", ".1."),
    (".cross_attention.", ".2."),
    (".feed_forward.norm.", ".3.0."),
    (".feed_forward.expand.", ".3.1."),
    (".feed_forward.contract.", ".3.4."),
    (".query_scale", ".q_scale"),
    (".key_scale", ".k_scale"),
    (".to_query.", ".to_q."),
    (".to_key_value.", ".to_kv."),
    (".to_output.", ".to_out."),
    (".gain", ".gamma"),
    (".shift", ".beta"),
    ("action_grid.project_in", "vq.project_in"),
    ("action_grid.convolutions", "vq.cnn_encoder"),
    ("quantizer.codebook", "vq.codebooks"),
    ("project_actions", "vq.project_out"),
    ("decoder.head", "to_pixels_first_frame.0"),
)
"""Applied in this order: our part of a key, the original's."""


def original_name(name: str) -> str:
    """Translate one of our keys into the original's."""
    for ours, theirs in _RENAMED:
        name = name.replace(ours, theirs)
    return name


@dataclass(frozen=True)
class InferredConfig:
    """What the shapes of a checkpoint say about its model."""

    config: LaqModelParams
    alternatives: tuple[str, ...]
    """Other settings with the very same shapes; empty when there is no doubt."""


def read_original(path: Path) -> dict[str, Tensor]:
    """Load a checkpoint file, without its ``module.`` prefix; only tensors are unpickled.

    Raises:
        FileNotFoundError: no such file.
        pickle.UnpicklingError: the file holds more than tensors.
        ValueError: it is not a plain state dict.
    """
    state = torch.load(path, map_location="cpu", weights_only=True)
    if not isinstance(state, dict) or not all(isinstance(v, Tensor) for v in state.values()):
        raise ValueError(f"{path}: expected a state dict (name -> tensor), found {type(state)}")
    return without_prefix(state)


def without_prefix(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Drop ``module.`` where every key has it."""
    if state and all(name.startswith(_PREFIX) for name in state):
        return {name.removeprefix(_PREFIX): tensor for name, tensor in state.items()}
    return dict(state)


def infer_config(
    state: Mapping[str, Tensor], *, code_seq_len: int | None = None, image_size: int | None = None
) -> InferredConfig:
    """Read the configuration off the shapes.

    The image size leaves no trace in the weights, and 4 and 16 codes (or 64 and 256) have the same
    convolutions. What is not given is taken to be the original's 256 pixels where that fits, else
    the smallest grid that does.

    Raises:
        ValueError: a key that tells the configuration is missing, or no grid fits.
    """
    patch_size = _patch_size(_shape(state, "to_patch_emb_first_frame.1.weight")[0])
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
    codebook_size, quant_dim = _shape(state, "vq.codebooks")
    heads, dim = _shape(state, "spatial_rel_pos_bias.net.2.weight")
    config = LaqModelParams(
        image_size=chosen[0][1],
        patch_size=patch_size,
        dim=dim,
        heads=heads,
        head_dim=_head_dim(state, heads),
        spatial_depth=_depth(state, "dec_spatial_transformer"),
        temporal_depth=_depth(state, "enc_temporal_transformer"),
        code_seq_len=chosen[0][0],
        codebook_size=codebook_size,
        quant_dim=quant_dim,
        lapa_compat=True,
    )
    others = tuple(f"code_seq_len {codes} at {side} px" for codes, side in chosen[1:])
    return InferredConfig(config, others)


def from_original(state: Mapping[str, Tensor], config: LaqModelParams) -> LatentActionQuantizer:
    """Build a model from the original's tensors, in evaluation mode.

    Raises:
        ValueError: keys are missing or unexpected, or a shape differs.
    """
    model = LatentActionQuantizer(config)
    load_original(model, state)
    return model.eval()


def load_original(model: LatentActionQuantizer, state: Mapping[str, Tensor]) -> None:
    """Load the original's tensors into a model built with ``lapa_compat``.

    Raises:
        ValueError: keys are missing or unexpected, or a shape differs; the message names them.
    """
    state = without_prefix(state)
    ours = model.state_dict()
    require_same_keys(set(state), {original_name(n) for n in ours}, source="original checkpoint")
    renamed = {name: state[original_name(name)] for name in ours}
    wrong = [
        f"{original_name(n)} {tuple(renamed[n].shape)} instead of {tuple(ours[n].shape)}"
        for n in ours
        if renamed[n].shape != ours[n].shape
    ]
    if wrong:
        raise ValueError(f"original checkpoint: {len(wrong)} shapes differ: {wrong[:8]}")
    model.load_state_dict(renamed)


def to_original(model: LatentActionQuantizer) -> dict[str, Tensor]:
    """Return the tensors under the original's names.

    Raises:
        ValueError: the model was not built with ``lapa_compat``, so the original has no place for
            some of its tensors and would compute something else with the others.
    """
    if not model.config.lapa_compat:
        raise ValueError("only a lapa_compat model can be exported; this one computes differently")
    return {original_name(name): tensor for name, tensor in model.state_dict().items()}


def _shape(state: Mapping[str, Tensor], name: str) -> tuple[int, ...]:
    if name not in state:
        raise ValueError(f"original checkpoint: key {name!r} is missing; is this a LAQ state dict?")
    return tuple(state[name].shape)


def _patch_size(values: int) -> int:
    side = math.isqrt(values // 3)
    if 3 * side**2 != values:
        raise ValueError(f"original checkpoint: {values} values per patch is not 3 * side^2")
    return side


def _head_dim(state: Mapping[str, Tensor], heads: int) -> int:
    inner = [n for n in state if n.endswith(".1.to_q.weight")]
    return _shape(state, min(inner, default="to_q.weight"))[0] // heads


def _depth(state: Iterable[str], transformer: str) -> int:
    start = f"{transformer}.layers."
    return len({name.removeprefix(start).split(".")[0] for name in state if name.startswith(start)})


def _candidates(state: Mapping[str, Tensor], patch_size: int) -> list[tuple[int, int]]:
    """All (code_seq_len, image_size) whose convolutions have the checkpoint's kernels."""
    names = [n for n in ("vq.cnn_encoder.0.weight", "vq.cnn_encoder.2.weight") if n in state]
    kernels = [_shape(state, name)[2:] for name in names]
    grids = {1: 8, 2: 8, 4: 8, 16: 16, 64: 16, 256: 32}
    return [
        (codes, grids[codes] * patch_size)
        for codes, shapes in CONVOLUTIONS.items()
        if [shape.kernel for shape in shapes] == kernels
    ]
