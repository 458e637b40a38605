"""R² of the probes as tables: one per kind, a row per action dimension, a column per input."""

from __future__ import annotations

from lapa.evaluation.codes.probe_suite import LABELS
from lapa.evaluation.report.tables import Table, number
from lapa.records import EvaluationReport, Metric


def probe_tables(report: EvaluationReport) -> dict[str, Table]:
    """Tables by kind (``linear``, ``mlp``), the dimension first that the latents tell most about."""
    kinds: dict[str, dict[str, dict[str, Metric]]] = {}
    for arm, figures in report.arms.items():
        for figure in figures:
            if not figure.name.startswith("probe/"):
                continue
            _, kind, reads, dimension = figure.name.split("/", 3)
            source = f"random_{reads}" if arm == "random_laq" else reads
            kinds.setdefault(kind, {}).setdefault(dimension, {})[source] = figure
    return {kind: _table(found) for kind, found in sorted(kinds.items())}


def _table(found: dict[str, dict[str, Metric]]) -> Table:
    columns = [name for name in LABELS if any(name in row for row in found.values())]
    first = columns[0]

    def best(dimension: str) -> float:
        figure = found[dimension].get(first)
        return -figure.value if figure is not None else float("inf")

    return Table(
        head=("dimension", *(LABELS[name] for name in columns)),
        rows=[
            (dimension, *(number(found[dimension].get(name), 2) for name in columns))
            for dimension in sorted(found, key=best)
        ],
    )
