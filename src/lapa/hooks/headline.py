"""The few metrics of a run that are looked at first."""

from __future__ import annotations

from typing import Any

from lapa.records import Checkpoint, EvaluationReport

_GROUP = "headline/"
"""Before `laq/`, `policy/`, `processor_seconds/`, `report/` and `seconds/` in the alphabet, so tables show it first."""

_OF_CODES = ("psnr_gain_over_copy", "code_dependence", "perplexity")
"""Gain over copying frame t (dB), what another pair's codes cost (dB), how evenly codes are used."""
_OF_POLICY = "action/mae_normalized"
"""Held-out error of a policy's actions, beside its closed-loop success."""


def headline(record: Any, arm: str = "") -> dict[str, float]:
    """Metrics of a checkpoint or report under `headline/`; empty where there is nothing to tell.

    Args:
        record: what a node returned.
        arm: put behind the names, where the metrics of several arms are in one run.
    """
    metrics = {}
    if isinstance(record, Checkpoint):
        metrics = _of_checkpoint(record)
    elif isinstance(record, EvaluationReport):
        metrics = _of_codes(record) | _of_policy(record)
    return {f"{_GROUP}{name}{arm and f'_{arm}'}": value for name, value in metrics.items()}


def _of_checkpoint(checkpoint: Checkpoint) -> dict[str, float]:
    """Accuracy of the codes, of those the model writes itself where it writes one after the other."""
    metrics = checkpoint.metrics
    top1 = metrics.get("val/decoded_top1", metrics.get("val/top1"))
    if checkpoint.kind != "foundation" or top1 is None:
        return {}
    return {"code_top1": top1, "code_top1_commonest": metrics["val/top1_majority"]}


def _of_codes(report: EvaluationReport) -> dict[str, float]:
    measured = report.metrics.get("laq", ())
    return {f"laq_{m.name}": m.value for m in measured if m.name in _OF_CODES}


def _of_policy(report: EvaluationReport) -> dict[str, float]:
    return {
        metric.name.replace("/", "_"): metric.value
        for metric in report.metrics.get("policy", ())
        if _is_plain_success(metric.name) or metric.name == _OF_POLICY
    }


def _is_plain_success(name: str) -> bool:
    """Whether it is success in the plain scenes: ``success/TASK``, without a variant behind it."""
    group, *rest = name.split("/")
    return group == "success" and len(rest) == 1
