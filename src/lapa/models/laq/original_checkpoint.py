"""Read and write the original project's LAQ checkpoints: same tensors, other names."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

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


def without_prefix(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Drop ``module.`` where every key has it."""
    if state and all(name.startswith(_PREFIX) for name in state):
        return {name.removeprefix(_PREFIX): tensor for name, tensor in state.items()}
    return dict(state)


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
