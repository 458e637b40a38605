"""Metrics of the trained quantiser beside those of the untrained one."""

from __future__ import annotations

from collections.abc import Mapping

from lapa.evaluation.blocks import Table
from lapa.evaluation.codes.evidence import TRAINED, UNTRAINED
from lapa.evaluation.finding import Metrics
from lapa.evaluation.formatting import number

COLUMNS = {TRAINED: "trained quantiser", UNTRAINED: "untrained (control)"}


def quantizer_table(metrics: Metrics, labels: Mapping[str, tuple[str, int]]) -> Table:
    """One row per metric that was measured, one column per quantiser.

    Args:
        metrics: by arm.
        labels: metric name -> what it is in words, and how many digits it is shown with.
    """
    by_arm = {arm: {metric.name: metric for metric in of_arm} for arm, of_arm in metrics.items()}
    return Table(
        head=("held-out pairs", *(COLUMNS[arm] for arm in by_arm)),
        rows=tuple(
            (label, *(number(named.get(name), digits) for named in by_arm.values()))
            for name, (label, digits) in labels.items()
            if any(name in named for named in by_arm.values())
        ),
    )
