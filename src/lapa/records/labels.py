"""The codes of a shard set, and what made them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from lapa.records.actions import ActionStats
from lapa.records.base import Record
from lapa.records.pairs import PairCounts, PairSpec

LabelMaker = Literal["quantizer", "permutation", "true_actions", "inverse_dynamics"]
"""What makes labels: a quantiser's codes, those of another label set in another order, or actions in bins."""
_OLDER_DIGESTS = {"laq_digest": "laq", "codebook_digest": "codebook"}
"""Fields of records that knew quantisers alone -> their names among the inputs."""


class LabelSet(Record):
    """Codes of a shard set, as one array file per shard."""

    path: str
    shard_digest: str
    made_by: LabelMaker = "quantizer"
    inputs: dict[str, str] = Field(default_factory=dict)
    """Digest of every artefact but the shards that decided the codes, by name: ``laq`` and ``codebook``,
    ``labels``, ``inverse_dynamics``."""
    codebook_size: int
    """K."""
    code_seq_len: int
    """S, codes per pair."""
    actions: ActionStats | None = None
    """Of codes that are actions: statistics of the action over H, and the K bins of each of its S dimensions."""
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

    @property
    def laq_digest(self) -> str | None:
        """Digest of the quantiser whose codes these are; None for codes that are actions."""
        return self.inputs.get("laq")

    @property
    def are_actions(self) -> bool:
        """Whether the codes are actions in bins, true or predicted ones."""
        return self.actions is not None

    @model_validator(mode="before")
    @classmethod
    def _read_older(cls, values: Any) -> Any:
        """Records of before there were other makers name their quantiser in fields of its own."""
        if not isinstance(values, dict) or _OLDER_DIGESTS.keys().isdisjoint(values):
            return values
        digests = {new: values[old] for old, new in _OLDER_DIGESTS.items() if old in values}
        kept = {name: value for name, value in values.items() if name not in _OLDER_DIGESTS}
        return {**kept, "inputs": digests}
