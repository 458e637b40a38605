"""How many positions of one sample Qwen3-VL and its output layer compute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from lapa.models.foundation.initialization import count_parameters
from lapa.models.foundation.workload import TEXT_TOKENS, Workload

if TYPE_CHECKING:
    from lapa.models.foundation.action_tokens.model import ActionTokens

CHAT_TOKENS = 10
"""Around image and instruction in Qwen's chat format: turns, roles, line ends, begin and end of image."""
GRAMMAR_TOKENS = 3
"""Around the codes of an answer: its begin and end, and the end of the turn."""


def action_tokens_workload(model: ActionTokens) -> Workload:
    """Count by the sizes in the configuration, which a plan has beside a published folder's name."""
    sizes, image_size = model.config.sizes, model.config.image_size
    image = (image_size // (sizes.merge_size * sizes.patch_size)) ** 2
    answer = model.code_seq_len + GRAMMAR_TOKENS
    tokens = image + CHAT_TOKENS + TEXT_TOKENS + answer
    output = model.qwen.lm_head
    # rows of the embedding are looked up, not multiplied
    parts = (
        (model.qwen.model.visual, sizes.merge_size**2 * image),
        (nn.ModuleList(model.repeated_layers()), tokens),
        (output, answer),
    )
    rows = count_parameters(output) // model.feature_dim
    return Workload(tokens=tokens, parts=parts, logits=answer * rows)
