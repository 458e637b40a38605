"""The latent action quantiser: name the change between two frames with a few codes."""

from __future__ import annotations

from typing import NamedTuple

import torch
from einops import rearrange
from torch import Tensor, nn

from lapa.models.laq.action_grid import ActionGrid
from lapa.models.laq.decoder import ActionDecoder, DecoderInput
from lapa.models.laq.delta_norm import DeltaNorm
from lapa.models.laq.encoder import build_encoder
from lapa.models.laq.quantizers import Quantized, build_quantizer
from lapa.models.layers.patches import PatchEmbedding, unpatchify
from lapa.models.layers.position_bias import ContinuousPositionBias
from lapa.params.laq.model import LaqModelParams


class LaqOutput(NamedTuple):
    """Result of one forward pass."""

    reconstruction: Tensor
    """Predicted frame t+H ``(batch, 3, height, width)``; range [0, 1] is learnt, not enforced."""
    quantized: Quantized
    decoder_input: DecoderInput
    """For further decoders (features, flow) of the same pair."""


class LatentActionQuantizer(nn.Module):
    """``frames (batch, 3, 2, height, width)`` -> frame t+H rebuilt from frame t and S codes.

    Frames are ``float [0, 1]``. Training mode substitutes noise for the quantisation error;
    evaluation mode uses hard codes and is deterministic. No usage is counted here.

    Raises:
        ValueError: ``code_seq_len`` does not fit the patch grid.
    """

    def __init__(self, config: LaqModelParams) -> None:
        super().__init__()
        self.config = config
        self.position_bias = ContinuousPositionBias(
            dim=config.dim,
            heads=config.heads,
            grid_size=config.grid_size,
            every_pair=config.lapa_compat,
        )
        self.patch_embedding = PatchEmbedding(patch_size=config.patch_size, dim=config.dim)
        self.encoder = build_encoder(config)
        self.action_grid = ActionGrid(config)
        self.delta_norm = _delta_norm(config) if config.normalize_delta else None
        self.quantizer = build_quantizer(config)
        self.project_actions = nn.Linear(config.quant_dim, config.dim)
        self.code_positions = (
            nn.Parameter(torch.randn(config.code_seq_len, config.dim))
            if config.embed_positions
            else None
        )
        self.decoder = ActionDecoder(
            config, values=3 * config.patch_size**2, zero_head=config.predict_difference
        )

    def forward(self, frames: Tensor, *, noise: Tensor | None = None) -> LaqOutput:
        """Encode, quantise and decode.

        Args:
            frames: ``float [0, 1] (batch, 3, 2, height, width)``.
            noise: ``(batch, code, quant_dim)`` to substitute, for reproducible training losses.
        """
        embedded = self._embed(frames)
        bias = self.position_bias()
        quantized = self.quantizer(self._delta(embedded, bias), noise=noise)
        if self.config.lapa_compat:
            bias = self.position_bias()  # again, as the original: two gradients, then their sum
        given = self._decoder_input(embedded[:, 0], quantized.tokens, bias)
        return LaqOutput(self._draw(frames[:, :, 0], given), quantized, given)

    def delta(self, frames: Tensor) -> Tensor:
        """Return what is quantised, ``(batch, code, quant_dim)``, without touching the decoder."""
        return self._delta(self._embed(frames), self.position_bias())

    @torch.no_grad()
    def pre_quant(self, frames: Tensor) -> Tensor:
        """Return `delta` for measuring: ``(batch, code, quant_dim)``, without gradients."""
        return self.delta(frames)

    @torch.no_grad()
    def codes(self, frames: Tensor) -> Tensor:
        """Return the codes ``int64 (batch, code)``, without touching the decoder."""
        return self.quantizer.vectors_to_indices(self.delta(frames))

    def decode(self, first_frame: Tensor, codes: Tensor) -> Tensor:
        """Predict frame t+H from frame t and given codes.

        Args:
            first_frame: ``float [0, 1] (batch, 3, height, width)``.
            codes: ``int64 (batch, code)``.

        Returns:
            ``(batch, 3, height, width)``.
        """
        return self.decode_vectors(first_frame, self.quantizer.indices_to_vectors(codes))

    def decode_vectors(self, first_frame: Tensor, vectors: Tensor) -> Tensor:
        """Like `decode`, from vectors ``(batch, code, quant_dim)`` of any origin."""
        embedded = self._embed(rearrange(first_frame, "b c h w -> b c 1 h w"))
        given = self._decoder_input(embedded[:, 0], vectors, self.position_bias())
        return self._draw(first_frame, given)

    def _embed(self, frames: Tensor) -> Tensor:
        side = self.config.image_size
        if frames.shape[-2:] != (side, side):
            raise ValueError(
                f"frames are {tuple(frames.shape[-2:])} pixels, the model takes {(side, side)}; "
                "set image_size or resize at ingestion"
            )
        if self.config.lapa_compat:  # frame by frame, for the original's order of sums
            each = frames.tensor_split(frames.shape[2], dim=2)
            return torch.cat([self.patch_embedding(frame) for frame in each], dim=1)
        embedded: Tensor = self.patch_embedding(frames)
        return embedded

    def _delta(self, embedded: Tensor, bias: Tensor) -> Tensor:
        first, last = self.encoder(embedded, bias)
        # Two calls, so that biases that cancel get a gradient of exactly zero.
        delta: Tensor = self.action_grid(last) - self.action_grid(first)
        return delta if self.delta_norm is None else self.delta_norm(delta)

    def _decoder_input(self, first_embedded: Tensor, vectors: Tensor, bias: Tensor) -> DecoderInput:
        if self.config.lapa_compat:
            # The original reshapes (code, channel) where it should transpose, so every action
            # token mixes all codes.
            flat = rearrange(vectors, "b s d -> b (s d)")
            vectors = rearrange(flat, "b (d s) -> b s d", s=self.config.code_seq_len)
        actions = self.project_actions(vectors)
        if self.code_positions is not None:
            actions = actions + self.code_positions
        return DecoderInput(first_embedded.detach(), actions, bias)

    def _draw(self, first_frame: Tensor, given: DecoderInput) -> Tensor:
        drawn = unpatchify(self.decoder(given), self.config.patch_size)
        return first_frame + drawn if self.config.predict_difference else drawn


def _delta_norm(config: LaqModelParams) -> DeltaNorm:
    places = config.code_seq_len if config.grid_channels else 1
    return DeltaNorm(config.quant_dim, places=places)
