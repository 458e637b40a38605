"""Flow-matching head: a chunk of actions transported from noise (arXiv:2210.02747)."""

from __future__ import annotations

import math

import torch
from einops import rearrange
from torch import Tensor, nn

from lapa.models.policy.action_codec import ActionCodec
from lapa.models.policy.heads.interface import ActionHead, masked_mean
from lapa.params.finetune import FlowHeadParams


class FlowHead(ActionHead):
    """Velocity field ``(chunk, features, time) -> chunk``, integrated from time 0 to 1.

    Training draws noise and time from torch's global generator, which the trainer seeds and saves.
    """

    frequencies: Tensor

    def __init__(
        self, config: FlowHeadParams, *, feature_dim: int, codec: ActionCodec, chunk: int
    ) -> None:
        super().__init__(codec=codec, chunk=chunk)
        self.config = config
        width = chunk * codec.action_dim
        half = config.time_dim // 2
        self.register_buffer(
            "frequencies", torch.exp(torch.linspace(0, math.log(100), half)), persistent=False
        )
        self.velocity = nn.Sequential(
            nn.Linear(width + feature_dim + config.time_dim, config.hidden_dim),
            nn.GELU(),
            nn.Linear(config.hidden_dim, config.hidden_dim),
            nn.GELU(),
            nn.Linear(config.hidden_dim, width),
        )

    def _velocity(self, chunk: Tensor, observed: Tensor, time: Tensor) -> Tensor:
        angles = time[:, None] * self.frequencies
        flat = rearrange(chunk, "batch time action -> batch (time action)")
        inputs = torch.cat([flat, observed, angles.sin(), angles.cos()], dim=-1)
        velocity: Tensor = self.velocity(inputs)
        return rearrange(velocity, "batch (time action) -> batch time action", time=self.chunk)

    def loss(self, observed: Tensor, actions: Tensor, mask: Tensor) -> Tensor:
        """Squared error of the velocity on the straight path from noise to the actions."""
        target = self.codec.normalize(self.codec.clip(actions))
        noise = torch.randn_like(target)
        time = torch.rand(len(target), device=target.device)
        along = time[:, None, None]
        predicted = self._velocity((1 - along) * noise + along * target, observed, time)
        return masked_mean((predicted - (target - noise)).square(), mask)

    def predict(self, observed: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Euler integration, from drawn noise or, without a generator, from its mean (zero)."""
        shape = (len(observed), self.chunk, self.codec.action_dim)
        chunk = torch.zeros(shape, device=observed.device)
        if generator is not None:
            chunk = torch.randn(shape, generator=generator, device=observed.device)
        step = 1 / self.config.steps
        for i in range(self.config.steps):
            time = torch.full((len(observed),), i * step, device=observed.device)
            chunk = chunk + step * self._velocity(chunk, observed, time)
        return self.codec.clip(self.codec.denormalize(chunk))
