"""The sizes around a head."""

from __future__ import annotations

from typing import NamedTuple

from lapa.models.policy.action_codec import ActionCodec


class HeadSizes(NamedTuple):
    """What a head stands between: the backbone before it, the actions behind it."""

    codec: ActionCodec
    chunk: int
    """Actions per prediction."""
    feature_dim: int
    code_seq_len: int
    """S."""
    codebook_size: int
    """K."""

    @property
    def values(self) -> int:
        """Numbers in one chunk of actions."""
        return self.chunk * self.codec.action_dim
