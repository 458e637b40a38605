"""Every metric name that is logged anywhere, and the page `docs/metrics.md` made from it."""

from __future__ import annotations

from lapa.metrics.entry import Entry
from lapa.metrics.report_entries import CODES, MLFLOW, POLICIES
from lapa.metrics.training_entries import (
    BACKBONE,
    EVERY_STAGE,
    INVERSE_DYNAMICS,
    POLICY,
    QUANTIZER,
)

TRAINING = {
    "Training, every stage": EVERY_STAGE,
    "Training of the quantiser": QUANTIZER,
    "Training of the backbone": BACKBONE,
    "Training of the policy, and errors of the inverse dynamics model": POLICY,
    "Training of the inverse dynamics model": INVERSE_DYNAMICS,
}
REPORTS = {
    "Report about codes": CODES,
    "Reports about policies": POLICIES,
}
GLOSSARY: dict[str, tuple[Entry, ...]] = {**TRAINING, **REPORTS, "Prefixes in MLflow": MLFLOW}
"""Heading -> entries, in the order of the page."""

_INTRODUCTION = """# Metrics

Every number that is logged, by the name it is logged under: training writes `metrics.jsonl` beside the weights,
evaluation writes reports, MLflow has both under a prefix. A metric has one name everywhere. `<split>` is `train`
(noise-free, on the batch of the step) or `val` (held out); K is the size of the codebook, S the number of code
positions. Metrics of reports carry 95 % intervals over episodes or scenes, and belong to a subject: an arm or
`policy`, a baseline of its actions (`predict_mean`, `repeat_last`, `nearest_neighbor`), a quantiser (`laq`,
`random_laq`); behind a slash to one dataset of several (`laq/bridge`, `policy/bridge`).

This page is made from `lapa.metrics.glossary`:
`python -c "from lapa.metrics.glossary import page; print(page(), end='')" > docs/metrics.md`.
"""


def training_entry(name: str) -> Entry | None:
    """The entry of a name in ``metrics.jsonl``; None for a name nobody described."""
    return _entry(TRAINING, name)


def report_entry(name: str) -> Entry | None:
    """The entry of a metric of a report; None for a name nobody described."""
    return _entry(REPORTS, name)


def _entry(groups: dict[str, tuple[Entry, ...]], name: str) -> Entry | None:
    covering = [entry for group in groups.values() for entry in group if entry.covers(name)]
    return min(covering, key=lambda entry: entry.placeholders, default=None)


def page() -> str:
    """The glossary as Markdown."""
    return "\n".join([_INTRODUCTION, *(_group(*group) for group in GLOSSARY.items())])


def _group(heading: str, entries: tuple[Entry, ...]) -> str:
    rows = [f"| `{e.name}` | {e.unit} | {e.values} | {e.meaning} |" for e in entries]
    return "\n".join(
        [f"## {heading}\n", "| name | unit | range | meaning |", "|---|---|---|---|", *rows, ""]
    )
