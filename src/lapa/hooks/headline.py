"""The few figures of a run that are looked at first."""

from __future__ import annotations

from typing import Any

from lapa.records import Checkpoint, EvaluationReport

_GROUP = "headline/"
"""Before `laq/`, `policy/`, `report/` and `seconds/` in the alphabet, so tables show it first."""

_OF_CODES = ("psnr_gain", "code_dependence", "perplexity")
"""Gain over copying frame t (dB), what another pair's codes cost (dB), how evenly codes are used."""
_OF_POLICY = "action/mae_normalized"
"""Held-out error of a policy's actions, beside its closed-loop success."""


def headline(record: Any, arm: str = "") -> dict[str, float]:
    """Figures of a checkpoint or report under `headline/`; empty where there is nothing to tell.

    Args:
        record: what a node returned.
        arm: put behind the names, where the figures of several arms are in one run.
    """
    figures = {}
    if isinstance(record, Checkpoint):
        figures = _of_checkpoint(record)
    elif isinstance(record, EvaluationReport):
        figures = _of_codes(record) | _of_policy(record)
    return {f"{_GROUP}{name}{arm and f'_{arm}'}": value for name, value in figures.items()}


def _of_checkpoint(checkpoint: Checkpoint) -> dict[str, float]:
    """Accuracy of the codes, of those the model writes itself where it writes one after the other."""
    metrics = checkpoint.metrics
    own = metrics.get("val/decoded_top1", metrics.get("val/top1"))
    if checkpoint.kind != "foundation" or own is None:
        return {}
    return {"code_top1": own, "code_top1_commonest": metrics["val/top1_majority"]}


def _of_codes(report: EvaluationReport) -> dict[str, float]:
    figures = report.arms.get("laq", ())
    return {f"laq_{f.name}": f.value for f in figures if f.name in _OF_CODES}


def _of_policy(report: EvaluationReport) -> dict[str, float]:
    return {
        figure.name.replace("/", "_"): figure.value
        for figure in report.arms.get("policy", ())
        if figure.name.startswith("success/") or figure.name == _OF_POLICY
    }
