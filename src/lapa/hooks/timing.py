"""How long every node took, by the clock and of the processor, and how much memory the run needed."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass

import mlflow
from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node
from rich.console import Console
from rich.table import Table

from lapa.distributed.memory import peak_memory_gib
from lapa.hooks.side_by_side import Notes, is_side_by_side


@dataclass(frozen=True)
class Spent:
    """Seconds so far, or between two moments."""

    clock: float
    processor: float
    """Of this process and of its children that have ended: what a node costs on a busy machine, too."""

    @classmethod
    def now(cls) -> Spent:
        """Seconds since some moment in the past, the same for every call."""
        user, system, of_children, system_of_children, clock = os.times()
        return cls(clock, user + system + of_children + system_of_children)

    def since(self, earlier: Spent) -> Spent:
        """What was spent after ``earlier``."""
        return Spent(self.clock - earlier.clock, self.processor - earlier.processor)


class TimingHook:
    """Prints a table of seconds per node at the end and logs it to MLflow."""

    def __init__(self) -> None:
        self._started: dict[str, Spent] = {}
        self._spent: dict[str, Spent] = {}
        self._notes: Notes | None = None
        self._begun = Spent(0, 0)

    @hook_impl
    def before_pipeline_run(self, catalog: DataCatalog) -> None:
        """Forget the nodes of an earlier run of the same process."""
        self._spent.clear()
        self._notes = Notes() if is_side_by_side(catalog) else None
        self._begun = Spent.now()

    @hook_impl
    def before_node_run(self, node: Node) -> None:
        """Start the node's clock."""
        self._started[node.name] = Spent.now()

    @hook_impl(tryfirst=True)
    def after_node_run(self, node: Node) -> None:
        """Stop the node's clock."""
        spent = Spent.now().since(self._started.pop(node.name))
        if self._notes is None:
            self._spent[node.name] = spent
        else:
            self._notes.write(node.name, asdict(spent))

    @hook_impl(tryfirst=True)
    def after_pipeline_run(self, pipeline: Pipeline) -> None:
        """Print the table while the MLflow run is still open."""
        if self._notes is not None:
            noted = self._notes.read([node.name for node in pipeline.nodes])
            self._spent = {name: Spent(**seconds) for name, seconds in noted}
        if not self._spent:
            return
        if mlflow.active_run() is not None:
            mlflow.log_metrics(self._metrics())
            mlflow.log_metric("peak_memory_gib", _peak_memory_gib())
        Console(stderr=True).print(self._table())

    def _metrics(self) -> dict[str, float]:
        clock = {f"seconds/{name}": spent.clock for name, spent in self._spent.items()}
        processor = {
            f"processor_seconds/{name}": spent.processor for name, spent in self._spent.items()
        }
        return clock | processor

    def _table(self) -> Table:
        table = Table(title=f"Times (peak memory {_peak_memory_gib():.1f} GiB)")
        table.add_column("node")
        for name in ("seconds", "processor seconds"):
            table.add_column(name, justify="right")
        for name, spent in self._spent.items():
            table.add_row(name, f"{spent.clock:.1f}", f"{spent.processor:.1f}")
        clock = sum(spent.clock for spent in self._spent.values())
        processor = sum(spent.processor for spent in self._spent.values())
        table.add_row("all", f"{clock:.1f}", f"{processor:.1f}", style="bold")
        if self._notes is not None:
            table.add_row("side by side", f"{Spent.now().since(self._begun).clock:.1f}", "")
        return table


def _peak_memory_gib() -> float:
    """This process plus its largest finished child."""
    return peak_memory_gib() + peak_memory_gib(of_children=True)
