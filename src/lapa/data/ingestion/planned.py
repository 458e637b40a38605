"""What will be written, decided before a frame is decoded: the same in every process that reads the same sources."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lapa.data.bad_input import reporter_of
from lapa.data.ingestion.content import require_sources, require_splits
from lapa.data.ingestion.horizon import short_recordings, splits_without_pairs
from lapa.data.ingestion.inputs import Input
from lapa.data.ingestion.listing import EpisodeFacts, Listing, list_episodes, plan_facts
from lapa.data.ingestion.plan import ShardTask, plan_shards
from lapa.data.ingestion.splits import split_episodes
from lapa.data.left_out import LeftOutCounter
from lapa.params.ingestion import IngestionParams
from lapa.records import digest_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Planned:
    """Episodes that were listed, their splits, and what both follow from."""

    inputs: Sequence[Input]
    params: IngestionParams
    listing: Listing
    splits: dict[str, list[EpisodeFacts]]
    left_out: LeftOutCounter
    """What listing could not use."""
    facts: dict[str, Any]
    """Everything the shards depend on (`plan_facts`)."""

    @property
    def digest(self) -> str:
        """Of the facts: two runs share work only when it is equal."""
        return digest_of(self.facts)

    @property
    def asked(self) -> dict[str, Any]:
        """The facts in short, for `lapa.records.MadePart`: sources by number, of the episodes their digest."""
        sources = {str(number): source for number, source in enumerate(self.facts["sources"])}
        episodes = digest_of(self.facts["episodes"])
        return {**self.facts, "sources": sources, "episodes": episodes}

    def tasks(self) -> list[ShardTask]:
        """All shards, in the order of splits and names."""
        return plan_shards(self.splits, self.params)

    def log(self) -> None:
        """Say what is short of the longest horizon."""
        for message in splits_without_pairs(self.splits, self.params):
            logger.warning("%s", message)
        for message in short_recordings(self.splits, self.params):
            logger.info("%s", message)


def plan_ingestion(inputs: Sequence[Input], params: IngestionParams) -> Planned:
    """List the episodes of all inputs and share them out among the splits.

    Raises:
        EmptyResultError: a source, or a split that was asked for, has nothing usable, unless ``allow_empty``.
        BadInputError: a bad item, under ``on_bad_sample: raise``.
    """
    left_out = LeftOutCounter(reporter_of(params.on_bad_sample))
    listing = list_episodes(inputs, params, left_out)
    require_sources(inputs, listing.episodes, left_out.report, params)
    splits = split_episodes(listing.episodes, params)
    require_splits(splits, listing.episodes, params)
    return Planned(
        inputs=inputs,
        params=params,
        listing=listing,
        splits=splits,
        left_out=left_out,
        facts=plan_facts(inputs, params, listing.episodes),
    )
