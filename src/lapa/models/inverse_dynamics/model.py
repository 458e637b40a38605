"""The action between two frames, from where things are in either: a small network for few labels."""

from __future__ import annotations

import torch
from einops import rearrange, repeat
from torch import Tensor, nn
from torch.nn import functional

from lapa.models.layers.pixels import to_float
from lapa.models.layers.spatial_softmax import SpatialSoftmax, coordinates
from lapa.params.inverse_dynamics import InverseDynamicsModelParams

STRIDE = 2
"""Of the grid on which places are looked for, pixels."""
MAGNIFIED = 8.0
"""A motion over H is a small part of the image; times this it is of the size of a place."""


class InverseDynamics(nn.Module):
    """Pairs of frames -> standardised actions over H.

    The same convolutions look at frame t and at frame t+H, each beside the difference of both and the
    coordinates, and say where each keypoint is; two linear layers turn places and their change into an action.
    So what is learnt of one frame serves the other, and few pairs suffice.
    """

    mean: Tensor
    """``float32 (action_dim,)`` of the labelled actions."""
    std: Tensor
    """``float32 (action_dim,)``, never 0."""
    xy: Tensor

    def __init__(self, config: InverseDynamicsModelParams) -> None:
        super().__init__()
        self.config, self.stats = config, config.stats
        sizes, dimensions = config.sizes, config.stats.dimensions
        width = sizes.channels
        look = nn.Sequential(
            nn.Conv2d(8, width, 5, stride=STRIDE, padding=2),
            nn.GELU(),
            nn.Conv2d(width, width, 5, padding=2),
            nn.GELU(),
            nn.Conv2d(width, sizes.keypoints, 1),
        )
        # channels last is a third faster on CPUs with convolutions this narrow
        self.look = look.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.place = SpatialSoftmax(cells=sizes.image_size // STRIDE)
        self.act = nn.Sequential(
            nn.Linear(9 * sizes.keypoints, sizes.hidden_dim),
            nn.GELU(),
            nn.Dropout(sizes.dropout),
            nn.Linear(sizes.hidden_dim, len(dimensions)),
        )
        self.register_buffer("mean", torch.tensor([d.mean for d in dimensions]))
        # a dimension that never moved has no spread to divide by
        self.register_buffer("std", torch.tensor([d.std or 1.0 for d in dimensions]))
        self.register_buffer("xy", coordinates(sizes.image_size), persistent=False)

    def forward(self, frames: Tensor) -> Tensor:
        """Pairs ``uint8 (batch, 2, height, width, 3)`` to standardised actions ``float (batch, action_dim)``."""
        before, after = self.place(self.look(self._views(frames))).chunk(2)
        places = torch.cat([before, after, MAGNIFIED * (after - before)], dim=-1)
        standardized: Tensor = self.act(places)
        return standardized

    @torch.no_grad()
    def predict(self, frames: Tensor) -> Tensor:
        """Pairs to actions over H, ``float32 (batch, action_dim)``, physical units."""
        return self.in_units(self(frames))

    def standardize(self, actions: Tensor) -> Tensor:
        """Physical units to mean 0 and deviation 1 of the labelled actions."""
        return (actions - self.mean) / self.std

    def in_units(self, standardized: Tensor) -> Tensor:
        """Inverse of `standardize`."""
        return standardized.float() * self.std + self.mean

    def _views(self, frames: Tensor) -> Tensor:
        """``float (2 * batch, 8, side, side)``: a frame, the difference, x and y; first all t, then all t+H."""
        pixels = rearrange(2 * to_float(frames) - 1, "b time rgb h w -> (time b) rgb h w")
        side = self.config.sizes.image_size
        if pixels.shape[-2:] != (side, side):
            pixels = functional.interpolate(
                pixels, size=(side, side), mode="bilinear", antialias=True
            )
        before, after = pixels.chunk(2)
        difference = repeat(after - before, "b rgb h w -> (time b) rgb h w", time=2)
        xy = repeat(self.xy, "xy h w -> b xy h w", b=len(pixels))
        return torch.cat([pixels, difference, xy], dim=1).contiguous(
            memory_format=torch.channels_last
        )
