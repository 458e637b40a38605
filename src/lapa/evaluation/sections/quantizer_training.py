"""The curves of the quantiser's training, where it was trained here."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from lapa.evaluation.blocks import folded
from lapa.evaluation.codes.evidence import CodesEvidence, CodesSection
from lapa.evaluation.finding import Finding
from lapa.evaluation.plots.training_curves import plot_curves, read_curves


class QuantizerTraining(CodesSection):
    """Training and validation loss over steps; nothing of a quantiser that came from elsewhere."""

    name = "training curves of the quantiser"
    title = "Latent actions"

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Plot the curves kept beside the weights."""
        curves = {"laq": read_curves(Path(evidence.checkpoint.path))}
        heading = "Training of the quantiser (dashed: held-out)"
        draw = partial(plot_curves, curves, heading, loss="loss_recon")
        caption = (
            "Training of the quantiser: mean squared error of the redrawn frame, pixels in [0, 1]."
        )
        return Finding(
            blocks=folded("Training of the quantiser", evidence.plot("curves", draw, caption))
        )
