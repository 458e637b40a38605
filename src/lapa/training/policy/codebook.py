"""Head B starts from the vectors that the quantiser's codes stand for."""

from __future__ import annotations

from pathlib import Path

from lapa.models.laq.storage import load_laq
from lapa.models.policy.policy import Policy
from lapa.records import Checkpoint, require_same


def start_from_codebook(policy: Policy, laq: Checkpoint, foundation: Checkpoint) -> None:
    """Copy the codebook of ``laq`` into the head's embeddings; they learn from there.

    Raises:
        TypeError: the head has no embeddings of codes.
        ValueError: the backbone learnt the codes of another quantiser, or this one has no single
            codebook of the embeddings' shape.
    """
    require_same(
        f"quantiser {laq.path} for the head's embeddings: digest",
        laq.digest,
        foundation.inputs.get("laq"),
        remedy="hand over the quantiser whose codes the backbone learnt",
    )
    policy.head.load_codebook(load_laq(Path(laq.path)).quantizer.codebook_rows())
