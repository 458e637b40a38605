"""How many positions of one sample every part of a foundation model computes."""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn

from lapa.models.foundation.initialization import count_parameters
from lapa.models.foundation.interface import LatentPolicy
from lapa.params.foundation.stage import ActionTokensParams, DualEncoderParams, FoundationParams

TEXT_TOKENS = 32
"""Assumed length of an instruction, tokens."""
CHAT_TOKENS = 10
"""Around image and instruction in Qwen's chat format: turns, roles, line ends, begin and end of image."""
GRAMMAR_TOKENS = 3
"""Around the codes of an answer: its begin and end, and the end of the turn."""


@dataclass(frozen=True, kw_only=True)
class Workload:
    """One training sample, as the model's parts see it."""

    tokens: int
    """Positions of the decoder's sequence."""
    parts: tuple[tuple[nn.Module, int], ...]
    """Parts, and at how many positions each is counted to multiply its weights."""
    logits: int
    """Outputs that the cross-entropy holds, all positions together."""


def workload(params: FoundationParams, model: LatentPolicy) -> Workload:
    """Count the positions of one sample.

    Args:
        params: the training.
        model: built from it; on the meta device will do.

    Raises:
        ValueError: the backend is no transformer.
    """
    backend = params.backend
    if isinstance(backend, DualEncoderParams):
        return _dual_encoder(params, backend, model)
    if isinstance(backend, ActionTokensParams):
        return _action_tokens(params, backend, model)
    raise ValueError(
        f"cannot count the tokens of backend {backend.kind!r}, expected 'dual_encoder' or "
        "'action_tokens': film_cnn fits anywhere"
    )


def _dual_encoder(
    params: FoundationParams, backend: DualEncoderParams, model: LatentPolicy
) -> Workload:
    grid = backend.grid or backend.siglip.image_size // backend.siglip.patch_size
    tokens = grid**2 + TEXT_TOKENS + params.code_seq_len
    return Workload(
        tokens=tokens, parts=((model, tokens),), logits=params.code_seq_len * params.codebook_size
    )


def _action_tokens(
    params: FoundationParams, backend: ActionTokensParams, model: LatentPolicy
) -> Workload:
    merge = backend.sizes.merge_size
    image = (backend.image_size // (merge * backend.sizes.patch_size)) ** 2
    patches = merge**2 * image
    answer = params.code_seq_len + GRAMMAR_TOKENS
    tokens = image + CHAT_TOKENS + TEXT_TOKENS + answer
    output = model.get_submodule("qwen.lm_head")
    # rows of the embedding are looked up, not multiplied
    parts = (
        (model.get_submodule("qwen.model.visual"), patches),
        (nn.ModuleList(model.repeated_layers()), tokens),
        (output, answer),
    )
    rows = count_parameters(output) // model.feature_dim
    return Workload(tokens=tokens, parts=parts, logits=answer * rows)
