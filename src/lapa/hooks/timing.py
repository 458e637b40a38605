"""How long every node took and how much memory the run needed."""

from __future__ import annotations

import time

import mlflow
from kedro.framework.hooks import hook_impl
from kedro.pipeline.node import Node
from rich.console import Console
from rich.table import Table

from lapa.distributed.memory import peak_memory_gib


class TimingHook:
    """Prints a table of wall seconds per node at the end and logs it to MLflow."""

    def __init__(self) -> None:
        self._started: dict[str, float] = {}
        self._seconds: dict[str, float] = {}

    @hook_impl
    def before_pipeline_run(self) -> None:
        """Forget the nodes of an earlier run of the same process."""
        self._seconds.clear()

    @hook_impl
    def before_node_run(self, node: Node) -> None:
        """Start the node's clock."""
        self._started[node.name] = time.perf_counter()

    @hook_impl(tryfirst=True)
    def after_node_run(self, node: Node) -> None:
        """Stop the node's clock."""
        self._seconds[node.name] = time.perf_counter() - self._started.pop(node.name)

    @hook_impl(tryfirst=True)
    def after_pipeline_run(self) -> None:
        """Print the table while the MLflow run is still open."""
        if not self._seconds:
            return
        if mlflow.active_run() is not None:
            mlflow.log_metrics({f"seconds/{name}": s for name, s in self._seconds.items()})
            mlflow.log_metric("peak_memory_gib", _peak_memory_gib())
        Console(stderr=True).print(self._table())

    def _table(self) -> Table:
        table = Table(title=f"Times (peak memory {_peak_memory_gib():.1f} GiB)")
        table.add_column("node")
        table.add_column("seconds", justify="right")
        for name, seconds in self._seconds.items():
            table.add_row(name, f"{seconds:.1f}")
        table.add_row("all", f"{sum(self._seconds.values()):.1f}", style="bold")
        return table


def _peak_memory_gib() -> float:
    """This process plus its largest finished child."""
    return peak_memory_gib() + peak_memory_gib(of_children=True)
