"""Loss curves of backbones and policies, arm by arm."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from lapa.evaluation.blocks import Block
from lapa.evaluation.finding import Finding
from lapa.evaluation.plots.training_curves import Curve, plot_curves, read_curves
from lapa.evaluation.policies.arms import ArmsEvidence, ArmsSection

CAPTIONS = {
    "foundation": "Loss of the backbones. Arms predict different codes, so levels compare within an arm only.",
    "policy": "Loss of the policies.",
}


class ArmTraining(ArmsSection):
    """Training and validation loss of both stages; what was not trained here has no curve."""

    name = "training curves of the arms"
    title = "Training"

    def measure(self, evidence: ArmsEvidence) -> Finding:
        """Read the curves kept beside weights and reports."""
        stages: dict[str, Mapping[str, Mapping[str, Curve]]] = {
            "foundation": {
                arm: read_curves(Path(checkpoint.path))
                for arm, checkpoint in evidence.foundation.items()
            },
            "policy": {arm: read_curves(Path(r.path)) for arm, r in evidence.arms.items()},
        }
        blocks: tuple[Block, ...] = ()
        for stage, curves in stages.items():
            draw = partial(
                plot_curves, curves, f"Training of the {stage} (dashed: held-out)", loss="loss"
            )
            blocks += evidence.plot(f"curves_{stage}", draw, CAPTIONS[stage])
        return Finding(blocks=blocks)
