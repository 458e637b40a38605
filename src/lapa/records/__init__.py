"""Frozen records that pipeline nodes exchange: paths, digests and facts, never bytes.

A record is written last, as ``record.json`` beside the artefact it describes, so an artefact without a
record does not exist (`lapa.datasets.publish`).
"""

from lapa.records.actions import ActionDimension, ActionStats
from lapa.records.base import SEAL, Record
from lapa.records.checkpoints import IMPORTED_FROM, Checkpoint, CheckpointKind
from lapa.records.digest import (
    CLOCKED_FINDINGS,
    MADE_WITH,
    RECORD,
    digest_of,
    digest_of_file,
    digest_of_files,
    require_same,
)
from lapa.records.episodes import RawEpisodes
from lapa.records.labels import LabelMaker, LabelSet
from lapa.records.metrics import Metric
from lapa.records.mixture import Balance, ClipFilter, ClipSelection, MixtureMember
from lapa.records.pairs import PairColumn, PairCounts, PairSpec, total_pairs
from lapa.records.parts import MadePart, MadeParts
from lapa.records.reports import CLOCKED_METRICS, EvaluationReport
from lapa.records.shards import (
    SHARD_SCHEMA,
    ActionMeaning,
    DatasetFacts,
    FrameCodec,
    ShardSet,
    Split,
)
from lapa.records.studies import CellKey, CellOutcomes, CellResult

__all__ = [
    "CLOCKED_FINDINGS",
    "CLOCKED_METRICS",
    "IMPORTED_FROM",
    "MADE_WITH",
    "RECORD",
    "SEAL",
    "SHARD_SCHEMA",
    "ActionDimension",
    "ActionMeaning",
    "ActionStats",
    "Balance",
    "CellKey",
    "CellOutcomes",
    "CellResult",
    "Checkpoint",
    "CheckpointKind",
    "ClipFilter",
    "ClipSelection",
    "DatasetFacts",
    "EvaluationReport",
    "FrameCodec",
    "LabelMaker",
    "LabelSet",
    "MadePart",
    "MadeParts",
    "Metric",
    "MixtureMember",
    "PairColumn",
    "PairCounts",
    "PairSpec",
    "RawEpisodes",
    "Record",
    "ShardSet",
    "Split",
    "digest_of",
    "digest_of_file",
    "digest_of_files",
    "require_same",
    "total_pairs",
]
