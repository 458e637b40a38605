"""The page of all records, made from their classes."""

from __future__ import annotations

from lapa.records.actions import ActionDimension, ActionStats
from lapa.records.base import Record
from lapa.records.checkpoints import Checkpoint
from lapa.records.episodes import RawEpisodes
from lapa.records.field_table import Row, default_of, prose, summary, table, type_of
from lapa.records.labels import LabelSet
from lapa.records.metrics import Metric
from lapa.records.mixture import MixtureMember
from lapa.records.pairs import PairCounts, PairSpec
from lapa.records.parts import MadePart
from lapa.records.reports import EvaluationReport
from lapa.records.shards import DatasetFacts, FrameCodec, ShardSet, Split
from lapa.records.studies import CellKey, CellOutcomes, CellResult

ARTEFACTS: dict[type[Record], str] = {
    RawEpisodes: "01_raw/RUN/DATASET",
    ShardSet: "03_primary/RUN/DATASET`, `03_primary/RUN/mixture",
    Checkpoint: "06_models/RUN/laq`, `06_models/RUN/ARM/foundation`, `06_models/RUN/ARM/policy",
    LabelSet: "05_model_input/RUN/labels/ARM",
    MadePart: ".work/RUN/parts/shards/DATASET/3-of-64`, `…/parts/labels/ARM/3-of-64",
    EvaluationReport: "08_reporting/RUN/laq`, `…/policies/ARM`, `…/report",
}
"""Records that are a ``record.json`` -> the folders they lie in, below ``data``."""
RESULTS: tuple[type[Record], ...] = (CellResult, CellKey, CellOutcomes)
PARTS: tuple[type[Record], ...] = (
    FrameCodec,
    DatasetFacts,
    Split,
    MixtureMember,
    PairSpec,
    PairCounts,
    ActionStats,
    ActionDimension,
    Metric,
)

_INTRODUCTION = """# Records

Stages exchange records: paths, digests and facts, never bytes. A record is `record.json` beside the artefact that it describes. It is written
last, so a folder without one is unfinished, and nothing reads it. Its `seal` is a SHA-256 over all of it but the path: a record that was edited
is refused, an artefact that was moved is not. Records name the digests of what they were made of, and a stage refuses inputs that do
not belong together. [Data contract](data-contract.md#artefacts-digests-ancestry) says what is checked when.

<!-- runs -->
```python
from pathlib import Path
from lapa.records import Checkpoint, LabelSet, ShardSet

data = Path("data")
shards = ShardSet.read(data / "03_primary/test/mixture")
laq = Checkpoint.read(data / "06_models/test/laq")
labels = LabelSet.read(data / "05_model_input/test/labels/lapa")
assert laq.inputs["shards"] == labels.shard_digest == shards.digest
assert labels.laq_digest == laq.digest
print(laq.kind, laq.step, labels.histogram)
```

This page is made from `lapa.records`: `python -c "from lapa.records.reference import page; print(page(), end='')" > docs/records.md`.
"""


def page() -> str:
    """All records as Markdown: those of artefacts, those of studies, and what both hold."""
    artefacts = [
        _record(record, f"`record.json` in `{folder}`.") for record, folder in ARTEFACTS.items()
    ]
    results = [_record(record) for record in RESULTS]
    parts = [_record(record) for record in PARTS]
    headings = ("## Of artefacts\n", "## Of studies\n", "## What they hold\n")
    groups = zip(headings, (artefacts, results, parts), strict=True)
    return "\n".join([_INTRODUCTION, *(line for head, group in groups for line in (head, *group))])


def _record(record: type[Record], where: str = "") -> str:
    rows = [
        Row(name, type_of(field), default_of(field), prose(field.description))
        for name, field in record.model_fields.items()
    ]
    about = f"{summary(record)} {where}".strip()
    return f"### {record.__name__}\n\n{about}\n\n{table(rows)}\n"
