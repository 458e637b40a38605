"""Training metrics join the run that somebody else opened, and are always kept in a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pytorch_lightning.loggers import MLFlowLogger
from pytorch_lightning.loggers.logger import Logger
from pytorch_lightning.utilities import rank_zero_only, rank_zero_warn

from lapa.training.common.joined_run import JoinedRun


class JoinedRunLogger(MLFlowLogger):
    """Logs into a run it does not own, so it never closes it.

    A server that is away keeps nobody waiting (`lapa.tracking`). One that refuses what it is sent must not
    cost the training either: from then on nothing more is sent, and `MetricsFile` keeps the metrics.
    """

    LOGGER_JOIN_CHAR = "/"
    _broken = False
    _latest: tuple[int | None, Mapping[str, float]] = (None, {})

    def finalize(self, status: str = "success") -> None:
        """Leave the run open for its owner."""

    @rank_zero_only
    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Send metrics of one step."""
        from mlflow.exceptions import MlflowException  # noqa: PLC0415

        if self._broken or (step, metrics) == self._latest:
            return
        self._latest = step, dict(metrics)
        try:
            super().log_metrics(metrics, step)
        except (MlflowException, OSError) as error:
            self._broken = True
            rank_zero_warn(
                f"MLflow at {self._tracking_uri} failed at step {step}: {error}. Training goes on; "
                f"metrics from here on are only in metrics.jsonl of the work folder"
            )


def build_logger(run: JoinedRun | None) -> JoinedRunLogger | Literal[False]:
    """Return a logger that joins ``run``; False (Lightning's "none") without a run."""
    if run is None:
        return False
    # MLflow takes seconds to load, and only a training with a run needs it
    from lapa.tracking.patience import write_through_journal  # noqa: PLC0415

    write_through_journal()
    return JoinedRunLogger(
        run_id=run.run_id,
        tracking_uri=run.tracking_uri,
        prefix=run.prefix,
        log_model=False,
    )


class MetricsFile(Logger):
    """Appends every logged step as one JSON line: ``{"step": 20, "train/loss": 0.1, ...}``.

    Names are those of the stage alone, without its prefix in MLflow. A resumed run appends; where a
    step occurs twice, the later line holds. What comes twice in a row is written once: `ResumePoint` has
    a step logged before its state is saved, and Lightning logs it again.
    """

    def __init__(self, *, path: Path) -> None:
        super().__init__()
        self._path = path
        self._latest = ""

    @property
    def name(self) -> str:
        """Name of the file without its ending."""
        return self._path.stem

    @property
    def version(self) -> str:
        """One version per folder."""
        return ""

    @rank_zero_only
    def log_hyperparams(self, *args: Any, **kwargs: Any) -> None:
        """Parameters are recorded once, by the run's owner."""

    @rank_zero_only
    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Append one line."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps({"step": step, **metrics})
        if line == self._latest:
            return
        self._latest = line
        with self._path.open("a") as file:
            file.write(f"{line}\n")
