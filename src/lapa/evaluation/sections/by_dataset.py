"""Every dataset by itself: do its codes mean anything, where several are watched?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from lapa.evaluation.blocks import Block, Table, folded, rows
from lapa.evaluation.codes.dataset_metrics import (
    DatasetMetrics,
    dataset_metrics,
    whole_metrics,
)
from lapa.evaluation.codes.evidence import TRAINED, UNTRAINED, CodesEvidence, CodesSection
from lapa.evaluation.codes.of_dataset import datasets_of
from lapa.evaluation.codes.probe_metrics import probe_metrics
from lapa.evaluation.codes.probe_suite import LABELS
from lapa.evaluation.codes.reconstruction_metrics import DEPENDENCE, DEPENDENCE_DB, GAIN
from lapa.evaluation.finding import Finding, Metrics
from lapa.evaluation.formatting import ABSENT, number
from lapa.evaluation.plots.dataset_bars import plot_datasets

COLUMNS = {
    GAIN: ("gain over copy, dB", 2),
    DEPENDENCE: ("cost of shuffling, dB", 2),
    "perplexity": ("perplexity", 1),
    "codebook_utilization": ("codebook in use", 2),
}
CAPTION = (
    "Every dataset by itself, and all together. Codes are shuffled within a dataset; R² is that of "
    "the action dimension which the codes tell most about."
)
MAX_NAMED = 6


class ByDataset(CodesSection):
    """Reconstruction, use of codes and linear probes of every held-out dataset; nothing of a single one."""

    name = "every dataset by itself"
    title = "Datasets"
    lead = "Datasets take turns among the measured pairs, so the sum of all weighs them alike, not by their shares."

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Measure each; what cannot be made of one is listed under its name."""
        if len({*evidence.shards.datasets, *evidence.encoded.pairs.names}) < 2:
            return Finding()
        measured = [
            dataset_metrics(evidence, of_one)
            for of_one in datasets_of(evidence.encoded, evidence.shards)
        ]
        absent = _list_absent(evidence, measured)
        whole = whole_metrics(
            evidence, "the mixture" if evidence.shards.members else "all together"
        )
        every = [*measured, whole]
        return Finding(
            metrics=_metrics(measured, has_control=evidence.encoded.untrained is not None),
            blocks=(
                *rows(_table(every)),
                *evidence.plot("datasets", partial(plot_datasets, every), CAPTION),
                *_probe_blocks(measured),
                *folded("What is missing, and why", rows(absent)),
            ),
            sentences=_sentences(measured, evidence.latents),
        )


def _list_absent(evidence: CodesEvidence, measured: Sequence[DatasetMetrics]) -> Table:
    """List, here and among what was not measured, what there is not, dataset by dataset."""
    missing = [(one.name, *entry) for one in measured for entry in one.absent.items()]
    there = {one.name for one in measured}
    known = evidence.encoded.pairs.names
    for name in dict.fromkeys((*known, *evidence.shards.datasets)):
        if name not in there:
            reason = (
                "its held-out episodes hold no pair: they are shorter than the horizon, or stand still"
                if name in known
                else "nothing of it is held out"
            )
            missing.append((name, "everything", reason))
    for name, analysis, reason in missing:
        evidence.analyses.skip(f"{analysis} of dataset {name}", reason)
    return Table(head=("dataset", "not measured", "because"), rows=tuple(missing))


def _metrics(measured: Sequence[DatasetMetrics], *, has_control: bool) -> Metrics:
    """As ``laq/<dataset>``; probes of the untrained control as ``random_laq/<dataset>``."""
    metrics: Metrics = {}
    for one in measured:
        metrics[f"{TRAINED}/{one.name}"] = (
            *one.metrics,
            *probe_metrics(one.scores, untrained=False),
        )
        if has_control:
            metrics[f"{UNTRAINED}/{one.name}"] = probe_metrics(one.scores, untrained=True)
    return metrics


def _table(every: Sequence[DatasetMetrics]) -> Table:
    return Table(
        head=(
            "dataset",
            "pairs",
            "episodes",
            *(label for label, _ in COLUMNS.values()),
            "R² of the best read dimension",
        ),
        rows=tuple(
            (
                one.name,
                str(one.pairs),
                str(one.episodes),
                *(number(one.get(name), digits) for name, (_, digits) in COLUMNS.items()),
                _best(one),
            )
            for one in every
        ),
    )


def _best(one: DatasetMetrics) -> str:
    best = one.best_read
    if best is None:
        return ABSENT
    return f"{number(best.interval.metric('', n=best.episodes), 2)} {best.dimension}"


def _probe_blocks(measured: Sequence[DatasetMetrics]) -> tuple[Block, ...]:
    """R² of the linear probes, a row per dataset and action dimension."""
    columns = [name for name in LABELS if any(s.inputs == name for m in measured for s in m.scores)]
    lines = []
    for one in measured:
        cells = {(s.dimension, s.inputs): s for s in one.scores}
        for dimension in dict.fromkeys(score.dimension for score in one.scores):
            scores = (cells.get((dimension, name)) for name in columns)
            lines.append(
                (
                    one.name,
                    dimension,
                    *(
                        ABSENT if s is None else number(s.interval.metric("", n=s.episodes), 2)
                        for s in scores
                    ),
                )
            )
    table = Table(
        head=("dataset", "dimension", *(LABELS[name] for name in columns)), rows=tuple(lines)
    )
    return folded("Linear probe, R² of every dimension", rows(table))


def _sentences(measured: Sequence[DatasetMetrics], latents: str) -> tuple[str, ...]:
    """On how many datasets the decoder uses the codes, naming the others."""
    costs = {one.name: metric for one in measured if (metric := one.get(DEPENDENCE)) is not None}
    sure = {name: cost.low for name, cost in costs.items() if cost.low is not None}
    if not sure:
        return ()
    unused = [name for name, low in sure.items() if low <= DEPENDENCE_DB]
    unsure = len(costs) - len(sure)
    named = ", ".join(unused[:MAX_NAMED]) + (", …" if len(unused) > MAX_NAMED else "")
    return (
        f"The decoder uses the {latents} on {len(sure) - len(unused)} of {len(costs)} held-out datasets"
        + (f", not on {named}" if unused else "")
        + (f"; {unsure} have too few episodes for a verdict" if unsure else "")
        + ".",
    )
