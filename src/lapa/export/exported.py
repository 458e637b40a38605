"""What an export wrote, and what was measured on the way."""

from __future__ import annotations

from dataclasses import dataclass

from lapa.export.checkpoint import ModelFolder
from lapa.export.compare import Difference
from lapa.export.formats.runner import Format
from lapa.export.latency import Latency
from lapa.export.plan import ExportPlan


@dataclass(frozen=True, kw_only=True)
class Exported:
    """Everything that the card tells."""

    folder: ModelFolder
    plan: ExportPlan
    format: Format
    differences: list[Difference]
    latencies: list[Latency]
    tolerance: float
