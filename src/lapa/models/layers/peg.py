"""Positional encoding generator: a depthwise convolution tells each token where it is.

After Chu et al., "Conditional Positional Encodings for Vision Transformers" (arXiv 2102.10882),
extended to time as in Phenaki.
"""

from __future__ import annotations

import torch
from einops import rearrange
from torch import Tensor, nn
from torch.nn import functional


class PEG(nn.Module):
    """``(batch, time, row, column, dim) -> same``: 3 x 3 x 3 depthwise, causal in time.

    Args:
        dim: channels.
    """

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.conv = nn.Conv3d(dim, dim, 3, groups=dim)

    def forward(self, tokens: Tensor) -> Tensor:
        """Convolve; frame t sees frames t, t-1 and t-2."""
        # One 2-D convolution per temporal tap that has a frame to see: with one frame the other
        # two taps of a 3-D convolution would only ever multiply padding.
        # Frames are added one by one: the gradient of a slice would be a volume full of zeros.
        now = self._tap(tokens, 2, self.conv.bias)
        frames = list(now.unbind(dim=1))
        if len(frames) == 1:
            return now
        for back in range(1, min(3, len(frames))):
            earlier = self._tap(tokens[:, :-back], 2 - back, None)
            for place, seen in enumerate(earlier.unbind(dim=1), start=back):
                frames[place] = frames[place] + seen
        return torch.stack(frames, dim=1)

    def _tap(self, tokens: Tensor, tap: int, bias: Tensor | None) -> Tensor:
        batch = tokens.shape[0]
        images = rearrange(tokens, "b t h w d -> (b t) d h w")
        result = functional.conv2d(
            images, self.conv.weight[:, :, tap], bias, padding=1, groups=images.shape[1]
        )
        return rearrange(result, "(b t) d h w -> b t h w d", b=batch)
