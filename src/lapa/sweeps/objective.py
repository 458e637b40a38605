"""What a trial is worth: a figure of a record that its run made, or of what was logged in training."""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Mapping

from lapa.params.sweep import LOGGED
from lapa.records import Checkpoint, EvaluationReport
from lapa.refused import RefusedError, alternatives
from lapa.studies.collect import SUBJECT
from lapa.studies.plan import CHECKPOINT
from lapa.sweeps.target import Target

OF_QUANTIZER = "laq_checkpoint"


def value_of(target: Target, metric: str) -> float:
    """The value of a metric, once the run of a trial is done.

    Args:
        target: of the trial.
        metric: ``OUTPUT.METRIC`` or the name of a logged one (`lapa.params.sweep.MetricParams`); the mean of all that
            a star stands for.

    Raises:
        RefusedError: there is no such metric: no trial would have it.
        ValueError: it is no finite number.
    """
    if metric.startswith(tuple(LOGGED.values())):
        name = metric.partition("/")[2]
        known: Mapping[str, float] = {
            logged: curve[max(curve)] for logged, curve in target.curves().items() if curve
        }
    else:
        output, _, name = metric.partition(".")
        known = _recorded(target, output)
    value = statistics.fmean(_matching(name, known, metric))
    if not math.isfinite(value):
        raise ValueError(f"{metric} is {value}, expected a finite number")
    return value


def _recorded(target: Target, output: str) -> Mapping[str, float]:
    """Metrics of the record of an output, by name."""
    if output == OF_QUANTIZER:
        dataset = target.checkpoint
    else:
        dataset = output if output.startswith("laq") else f"{target.arm.name}.{output}"
    record: Checkpoint | EvaluationReport = target.order.catalog.load(dataset)
    if isinstance(record, Checkpoint):
        return record.metrics
    quantizer = (target.arm.quantizer or "").removesuffix(CHECKPOINT)
    subject = quantizer if output.startswith("laq") else SUBJECT
    return {metric.name: metric.value for metric in record.metrics.get(subject, ())}


def _matching(name: str, known: Mapping[str, float], metric: str) -> list[float]:
    pattern = re.escape(name).replace(r"\*", "[^/]*")
    values = [value for other, value in known.items() if re.fullmatch(pattern, other)]
    if not values:
        raise RefusedError(f"trials have no metric {metric!r}{alternatives(name, known)}")
    return values
