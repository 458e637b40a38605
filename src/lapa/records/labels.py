"""The codes of a shard set."""

from __future__ import annotations

from pydantic import Field

from lapa.records.base import Record
from lapa.records.pairs import PairCounts, PairSpec


class LabelSet(Record):
    """Latent action codes of a shard set, as one array file per shard."""

    path: str
    shard_digest: str
    laq_digest: str
    codebook_digest: str
    codebook_size: int
    """K."""
    code_seq_len: int
    """S, codes per pair."""
    pair_spec: PairSpec
    valid_pairs: dict[str, int]
    """Pairs with a label, per split."""
    masked_pairs: dict[str, int]
    """Tail frames without a t+H, per split."""
    pairs: dict[str, dict[str, PairCounts]] = Field(default_factory=dict)
    """Split -> dataset -> what became of its frames. Static pairs are labelled like all others."""
    histogram: tuple[int, ...]
    """How often each of the K codes was used, all positions and splits together."""
    digest: str
