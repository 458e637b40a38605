"""Build a policy from its configuration: a new head on a backbone."""

from __future__ import annotations

from lapa.models.foundation.interface import LatentPolicy
from lapa.models.policy.action_codec import ActionCodec
from lapa.models.policy.heads import HeadSizes, build_head
from lapa.models.policy.policy import Policy
from lapa.models.policy.state_input import StateInput
from lapa.params.policy import PolicyModelParams


def build_policy(config: PolicyModelParams, *, backbone: LatentPolicy) -> Policy:
    """Put a new head on ``backbone``, drawn from torch's global generator.

    Raises:
        ValueError: a new action query is asked for, and the backbone has no queries.
    """
    sizes = HeadSizes(
        codec=ActionCodec(stats=config.stats),
        chunk=config.chunk,
        feature_dim=backbone.feature_dim,
        code_seq_len=backbone.code_seq_len,
        codebook_size=backbone.codebook_size,
    )
    head = build_head(config.head, sizes)
    state_input = None
    if config.state_dim is not None:
        state_input = StateInput(state_dim=config.state_dim, feature_dim=backbone.feature_dim)
    action_query = backbone.new_query() if config.action_query == "new" else None
    return Policy(
        backbone=backbone,
        head=head,
        stats=config.stats,
        frame_codec=config.frame_codec,
        state_input=state_input,
        action_query=action_query,
    )
