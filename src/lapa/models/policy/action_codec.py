"""Actions to bins, to [-1, 1], and back, in torch, from the statistics saved with a policy."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lapa.records import ActionDimension, ActionStats


class ActionCodec(nn.Module):
    """Encode and decode actions ``(..., action_dim)`` in physical units.

    The edges are saved with the weights, so statistics edited after training are noticed.
    """

    edges: Tensor
    """``float32 (action_dim, bins + 1)``."""
    still: Tensor
    """``bool (action_dim,)``: dimensions that stand still in the labelled data."""
    least_scale: Tensor
    """``float32 (action_dim,)``: errors are divided by at least this."""
    bounds: Tensor
    """``float32 (action_dim, 2)``: smallest and largest action that is ever commanded."""

    def __init__(self, *, stats: ActionStats) -> None:
        super().__init__()
        edges = torch.tensor([d.bin_edges for d in stats.dimensions], dtype=torch.float32)
        self.register_buffer("edges", edges)
        still = [d.still for d in stats.dimensions]
        self.register_buffer("still", torch.tensor(still), persistent=False)
        least = torch.tensor([d.least_scale for d in stats.dimensions], dtype=torch.float32)
        self.register_buffer("least_scale", least, persistent=False)
        bounds = torch.tensor([_bounds(d) for d in stats.dimensions], dtype=torch.float32)
        self.register_buffer("bounds", bounds, persistent=False)

    @property
    def action_dim(self) -> int:
        """Dimensions of an action."""
        return self.edges.shape[0]

    @property
    def num_bins(self) -> int:
        """Classes per dimension."""
        return self.edges.shape[1] - 1

    @property
    def low(self) -> Tensor:
        """Smallest action that decodes, ``float32 (action_dim,)``."""
        return self.edges[:, 0]

    @property
    def high(self) -> Tensor:
        """Largest action that decodes, ``float32 (action_dim,)``."""
        return self.edges[:, -1]

    @property
    def scale(self) -> Tensor:
        """What normalised errors are divided by, ``float32 (action_dim,)``: half the span, mostly."""
        return torch.maximum((self.high - self.low) / 2, self.least_scale)

    @property
    def centers(self) -> Tensor:
        """Value of every bin, ``float32 (action_dim, bins)``."""
        return (self.edges[:, :-1] + self.edges[:, 1:]) / 2

    def encode(self, actions: Tensor) -> Tensor:
        """Actions ``float (..., action_dim)`` to bins ``int64``; outliers go to the outer bins."""
        columns = actions.movedim(-1, 0).contiguous()
        bins = [
            torch.bucketize(column, edges[1:-1].contiguous(), right=True)
            for column, edges in zip(columns, self.edges, strict=True)
        ]
        return torch.stack(bins, dim=-1)

    def decode(self, bins: Tensor) -> Tensor:
        """Bins ``int64 (..., action_dim)`` to the centres of the bins, ``float32``."""
        dimension = torch.arange(self.action_dim, device=bins.device)
        return self.centers[dimension, bins]

    def expectation(self, probabilities: Tensor) -> Tensor:
        """Mean action of ``probabilities (..., action_dim, bins)``: ``float32 (..., action_dim)``."""
        return (probabilities * self.centers).sum(dim=-1)

    def normalize(self, actions: Tensor) -> Tensor:
        """Physical units to [-1, 1] between the outer edges; outliers leave that range."""
        return 2 * (actions - self.low) / (self.high - self.low) - 1

    def denormalize(self, actions: Tensor) -> Tensor:
        """Inverse of `normalize`."""
        return (actions + 1) / 2 * (self.high - self.low) + self.low

    def clip(self, actions: Tensor) -> Tensor:
        """Actions limited to what the labelled data spans."""
        return torch.minimum(torch.maximum(actions, self.bounds[:, 0]), self.bounds[:, 1])


def _bounds(dimension: ActionDimension) -> tuple[float, float]:
    """Limits of a command: the bins, but never beyond what a dimension that stands still has shown."""
    if dimension.still:
        return dimension.minimum, dimension.maximum
    return dimension.bin_edges[0], dimension.bin_edges[-1]
