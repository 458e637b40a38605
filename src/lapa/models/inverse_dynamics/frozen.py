"""A frozen inverse dynamics model as a provider of labels: pixels in, bins of actions out."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from lapa.models.inverse_dynamics.storage import load_inverse_dynamics
from lapa.models.policy.action_codec import ActionCodec
from lapa.records import ActionDimension, ActionStats


class FrozenInverseDynamics:
    """Codes of frame pairs by a model that never changes: one per action dimension."""

    def __init__(
        self, *, folder: Path, device: torch.device, bins: int, precision: str = "32-true"
    ) -> None:
        """Load the model.

        Args:
            folder: its checkpoint.
            device: where it runs.
            bins: K; they divide evenly what the labelled actions span.
            precision: of its arithmetic.
        """
        self.model = load_inverse_dynamics(folder).to(device).requires_grad_(False)
        dimensions = tuple(_in_bins(d, bins) for d in self.model.stats.dimensions)
        self.stats: ActionStats = self.model.stats.model_copy(update={"dimensions": dimensions})
        self._codec = ActionCodec(stats=self.stats).to(device)
        self._device, self._half = device, precision == "bf16-mixed"

    @property
    def code_seq_len(self) -> int:
        """S: dimensions of an action."""
        return self._codec.action_dim

    @property
    def codebook_size(self) -> int:
        """K."""
        return self._codec.num_bins

    @torch.no_grad()
    def codes(self, frames: Tensor) -> Tensor:
        """Label pairs.

        Args:
            frames: ``uint8 (batch, 2, height, width, 3)``: frame t and frame t+H.

        Returns:
            ``int64 (batch, code)`` on the model's device.
        """
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._half):
            actions = self.model.predict(frames.to(self._device))
        return self._codec.encode(actions.float())


def _in_bins(dimension: ActionDimension, bins: int) -> ActionDimension:
    """The same span in ``bins`` equal parts."""
    low, high = dimension.bin_edges[0], dimension.bin_edges[-1]
    edges = torch.linspace(low, high, bins + 1, dtype=torch.float64).tolist()
    return dimension.model_copy(update={"bin_edges": tuple(edges)})
