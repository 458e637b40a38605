"""The MLflow run that a training joins: named without Lightning, which takes seconds to import."""

from __future__ import annotations

import sys
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class JoinedRun:
    """An MLflow run that another process owns."""

    run_id: str
    tracking_uri: str
    prefix: str
    """Stage whose metrics these are: two stages of one run would draw ``train/loss`` as one curve."""


def joined_run(task: str = "") -> JoinedRun | None:
    """Name the MLflow run that is open in this process, or None outside any run.

    Args:
        task: ``package.module:function`` that will log; its module's name goes before every metric
            there: ``lapa.training.policy:fit`` logs ``policy/train/loss``.
    """
    if "mlflow" not in sys.modules:  # nobody can have opened a run; spares a two-second import
        return None
    import mlflow  # noqa: PLC0415

    active = mlflow.active_run()
    if active is None:
        return None
    return JoinedRun(
        run_id=active.info.run_id,
        tracking_uri=mlflow.get_tracking_uri(),
        prefix=task.partition(":")[0].rpartition(".")[2],
    )
