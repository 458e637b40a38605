"""Frames of the shards against those an imported quantizer was trained on."""

from __future__ import annotations

import logging

from lapa.records import Checkpoint, ShardSet

logger = logging.getLogger(__name__)


def warn_of_other_frames(laq: Checkpoint, shards: ShardSet) -> None:
    """Say so where frames were made square in another way than the quantizer expects.

    No error: of square recordings both ways give the same frames, and a shard set does not tell.
    """
    if laq.resize not in (None, shards.codec.resize):
        logger.warning(
            "quantizer %s was trained on frames made square by %r, those of %s were by %r: unless the "
            "recordings were square, its codes differ from those it was trained to give; ingest with "
            "ingestion.resize=%s",
            *(laq.path, laq.resize, shards.path, shards.codec.resize, laq.resize),
        )
