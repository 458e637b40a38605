"""Flow-matching head: a chunk of actions transported from noise (arXiv:2210.02747)."""

from __future__ import annotations

import math

import torch
from einops import rearrange
from torch import Tensor, nn

from lapa.models.policy.heads.conditioning import Conditioning
from lapa.models.policy.heads.interface import ActionHead, masked_mean
from lapa.models.policy.heads.sizes import HeadSizes
from lapa.params.heads import FlowHeadParams


class FlowHead(ActionHead):
    """Velocity field ``(chunk, condition, time) -> chunk``, integrated from time 0 to 1.

    Training draws noise and time from torch's global generator, which the trainer seeds and saves.
    """

    frequencies: Tensor
    starts_from_noise = True

    def __init__(self, params: FlowHeadParams, sizes: HeadSizes) -> None:
        super().__init__(params, sizes)
        self.steps = params.steps
        self.conditioning = Conditioning(params, sizes)
        width, half = sizes.values, params.time_dim // 2
        self.register_buffer(
            "frequencies", torch.exp(torch.linspace(0, math.log(100), half)), persistent=False
        )
        self.velocity = nn.Sequential(
            nn.Linear(width + self.conditioning.width + params.time_dim, params.hidden_dim),
            nn.GELU(),
            nn.Linear(params.hidden_dim, params.hidden_dim),
            nn.GELU(),
            nn.Linear(params.hidden_dim, width),
        )

    def _velocity(self, chunk: Tensor, encoded: Tensor, time: Tensor) -> Tensor:
        angles = time[:, None] * self.frequencies
        flat = rearrange(chunk, "batch time action -> batch (time action)")
        inputs = torch.cat([flat, self.conditioning(encoded), angles.sin(), angles.cos()], dim=-1)
        velocity: Tensor = self.velocity(inputs)
        return rearrange(velocity, "batch (time action) -> batch time action", time=self.chunk)

    def loss(self, encoded: Tensor, actions: Tensor, mask: Tensor) -> Tensor:
        """Squared error of the velocity on the straight path from noise to the actions."""
        target = self.codec.normalize(self.codec.clip(actions))
        noise = torch.randn_like(target)
        time = torch.rand(len(target), device=target.device)
        along = time[:, None, None]
        predicted = self._velocity((1 - along) * noise + along * target, encoded, time)
        return masked_mean((predicted - (target - noise)).square(), mask)

    def predict(self, encoded: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Euler integration, from drawn noise or, without a generator, from its mean (zero)."""
        shape = (encoded.shape[0], self.chunk, self.codec.action_dim)
        noise = torch.zeros(shape, device=encoded.device)
        if generator is not None:
            noise = torch.randn(shape, generator=generator, device=encoded.device)
        return self.predict_from_noise(encoded, noise)

    def predict_from_noise(self, encoded: Tensor, noise: Tensor) -> Tensor:
        """The same from given noise."""
        chunk, step = noise, 1 / self.steps
        for i in range(self.steps):
            time = torch.full((encoded.shape[0],), i * step, device=encoded.device)
            chunk = chunk + step * self._velocity(chunk, encoded, time)
        return self.codec.clip(self.codec.denormalize(chunk))
