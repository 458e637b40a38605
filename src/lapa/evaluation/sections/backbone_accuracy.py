"""Are the codes predicted from image and instruction? Accuracy of the backbones."""

from __future__ import annotations

from collections.abc import Mapping

from lapa.evaluation.blocks import Table, rows
from lapa.evaluation.finding import Finding
from lapa.evaluation.formatting import share
from lapa.evaluation.policies.arms import ArmsEvidence, ArmsSection
from lapa.evaluation.policies.decoded_metrics import decoded_metrics, is_autoregressive
from lapa.records import Checkpoint

LABELS = {
    "val/top1": "top-1",
    "val/top1_majority": "always the commonest code",
    "val/gain_over_majority": "gain over the commonest",
    "val/top3": "top-3",
    "val/sequence": "whole sequence",
    "val/top1_blank_language": "top-1 without the instruction",
    "val/top1_swapped_language": "top-1 with another instruction",
    "val/top1_blank_image": "top-1 without the image",
}
TEACHER_FORCED = ("val/top1", "val/sequence")
"""Metrics that are also shown as an autoregressive model reaches them with the true earlier codes."""


class BackboneAccuracy(ArmsSection):
    """Validation metrics that the pretraining of every arm left in its checkpoint."""

    name = "accuracy of the backbones"
    title = "Backbones"

    def measure(self, evidence: ArmsEvidence) -> Finding:
        """Read the checkpoints; the first pretrained backbone speaks in the summary."""
        sentences = [
            sentence
            for arm, checkpoint in evidence.foundation.items()
            if (sentence := accuracy_sentence(arm, checkpoint.metrics)) is not None
        ]
        return Finding(
            blocks=rows(accuracy_table(evidence.foundation)), sentences=tuple(sentences[:1])
        )


def accuracy_sentence(arm: str, metrics: Mapping[str, float]) -> str | None:
    """How far the pretrained backbone is above always saying the commonest code."""
    decoded = decoded_metrics(metrics)
    if not {"val/top1", "val/top1_majority"} <= set(decoded):
        return None
    top, majority = decoded["val/top1"], decoded["val/top1_majority"]
    return (
        f"{arm}: the backbone names {100 * top:.1f} % of the held-out codes, "
        f"{100 * (top - majority):+.1f} points from always naming the commonest "
        f"({100 * majority:.1f} %)."
    )


def accuracy_table(checkpoints: Mapping[str, Checkpoint]) -> Table:
    """Code accuracy (rows) per arm (columns), in percent; untrained arms show nothing.

    What a model names by itself comes first; metrics that saw the true earlier codes say so.
    """
    decoded = {arm: decoded_metrics(checkpoint.metrics) for arm, checkpoint in checkpoints.items()}
    forced = {
        arm: checkpoint.metrics
        for arm, checkpoint in checkpoints.items()
        if is_autoregressive(checkpoint.metrics)
    }
    table = [
        (label, *(share(decoded[arm].get(name)) for arm in checkpoints))
        for name, label in LABELS.items()
        if any(name in metrics for metrics in decoded.values())
    ]
    table += [
        (
            f"{LABELS[name]}, given the true earlier codes",
            *(share(forced.get(arm, {}).get(name)) for arm in checkpoints),
        )
        for name in TEACHER_FORCED
        if any(name in metrics for metrics in forced.values())
    ]
    return Table(head=("held-out codes, %", *checkpoints), rows=tuple(table))
