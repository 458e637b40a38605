"""The run of a trial: the last one of those that its cell descends from, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lapa.evaluation.plots.training_curves import Curve, read_curves
from lapa.params.arms import Arm
from lapa.params.study import arm_of
from lapa.studies.engine import is_missing
from lapa.studies.orders import POLICY, PRETRAINING, QUANTIZER, UPSTREAM, RunOrder
from lapa.studies.plan import Plan
from lapa.sweeps.file import Sweep, Values, as_study

PARTS = {
    "laq": QUANTIZER,
    "evaluate_laq": UPSTREAM,
    "foundation": PRETRAINING,
    "finetune": POLICY,
}
"""Pipeline of a sweep -> the part of a study that its trials are."""
WORK_FOLDERS = {"laq": "laq", "foundation": "foundation", "finetune": "policy"}
"""Pipeline -> how the scratch folder of its training begins (`lapa.pipelines.stage`)."""


@dataclass(frozen=True)
class Target:
    """What a trial makes."""

    order: RunOrder
    pipeline: str
    arm: Arm
    orders: Sequence[RunOrder]
    """The runs that are missing, ancestors first, this one last; empty where it was made before."""

    @property
    def checkpoint(self) -> str:
        """Dataset of the model that it trains."""
        if self.pipeline in {"laq", "evaluate_laq"}:
            return self.arm.quantizer or ""
        return f"{self.arm.name}.{WORK_FOLDERS[self.pipeline]}_checkpoint"

    def curves(self) -> dict[str, Curve]:
        """What its training has logged: metric -> step -> value; of the finished model, or so far."""
        if self.pipeline not in WORK_FOLDERS:
            return {}
        kept: Any = self.order.catalog[self.checkpoint]
        made = read_curves(kept.folder)
        return made or self._curves_so_far()

    def _curves_so_far(self) -> dict[str, Curve]:
        begin = WORK_FOLDERS[self.pipeline]
        folders = sorted(self.order.scratch.glob(f"{begin}-*"), key=lambda f: f.stat().st_mtime)
        return read_curves(folders[-1]) if folders else {}


def plan_of(sweep: Sweep, values: Values, conf: Path) -> Plan:
    """The runs of a trial and of what it descends from.

    Raises:
        RefusedError: a parameter that nothing reads, or a value that no section accepts.
    """
    return Plan(as_study(sweep, values), conf)


def target_of(sweep: Sweep, plan: Plan) -> Target:
    """The run of a trial among those of its plan."""
    part = PARTS[sweep.params.pipeline]
    (order,) = (run for run in plan.runs.values() if run.part == part)
    return Target(
        order=order,
        pipeline=sweep.params.pipeline,
        arm=arm_of(sweep.params.arm),
        orders=[run for run in plan.ancestors_first([order]) if is_missing(run)],
    )
