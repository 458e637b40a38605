"""Action heads, one file each, behind `lapa.models.policy.heads.interface.ActionHead`."""

from __future__ import annotations

from lapa.models.policy.action_codec import ActionCodec
from lapa.models.policy.heads.binned import BinnedHead
from lapa.models.policy.heads.flow import FlowHead
from lapa.models.policy.heads.interface import ActionHead
from lapa.models.policy.heads.l1 import L1Head
from lapa.models.policy.heads.mlp import MlpHead
from lapa.params.finetune import BinnedHeadParams, HeadParams, L1HeadParams, MlpHeadParams


def build_head(
    config: HeadParams,
    *,
    codec: ActionCodec,
    chunk: int,
    feature_dim: int,
    codebook_size: int,
    code_seq_len: int,
) -> ActionHead:
    """Build the head a configuration asks for."""
    if isinstance(config, MlpHeadParams):
        return MlpHead(
            config,
            codebook_size=codebook_size,
            code_seq_len=code_seq_len,
            codec=codec,
            chunk=chunk,
        )
    if isinstance(config, BinnedHeadParams):
        return BinnedHead(config, feature_dim=feature_dim, codec=codec, chunk=chunk)
    if isinstance(config, L1HeadParams):
        return L1Head(config, feature_dim=feature_dim, codec=codec, chunk=chunk)
    return FlowHead(config, feature_dim=feature_dim, codec=codec, chunk=chunk)


__all__ = ["ActionHead", "BinnedHead", "FlowHead", "L1Head", "MlpHead", "build_head"]
