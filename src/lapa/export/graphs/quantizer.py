"""A quantiser as two graphs: frame pair to codes, frame t and codes to frame t+H."""

from __future__ import annotations

from collections.abc import Callable

import torch
from einops import rearrange
from torch import Tensor, nn

from lapa.export.graphs.graph import Arrays, Graph, TensorFacts
from lapa.models.laq.model import LatentActionQuantizer
from lapa.models.layers.pixels import to_float, to_frames


class EncodePair(nn.Module):
    """``uint8 (batch, 2, height, width, 3)`` -> what is quantised, and its codes."""

    def __init__(self, model: LatentActionQuantizer) -> None:
        super().__init__()
        self.model = model

    def forward(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        """Encode."""
        vectors = self.model.delta(to_frames(frames)).float()
        return vectors, self.model.quantizer.vectors_to_indices(vectors)


class DecodeFuture(nn.Module):
    """Frame t and codes, or vectors where there are no codes -> frame t+H."""

    def __init__(self, model: LatentActionQuantizer) -> None:
        super().__init__()
        self.model = model
        self.has_codes = model.config.quantizer.has_codes

    def forward(self, frame: Tensor, action: Tensor) -> tuple[Tensor]:
        """Decode."""
        decode = self.model.decode if self.has_codes else self.model.decode_vectors
        return (rearrange(decode(to_float(frame), action), "b c h w -> b h w c"),)


def quantizer_graphs(model: LatentActionQuantizer) -> list[Graph]:
    """Both graphs of a quantiser in evaluation mode."""
    return [_encode(model), _decode(model)]


def _encode(model: LatentActionQuantizer) -> Graph:
    side, codes = model.config.image_size, model.config.code_seq_len
    vectors = TensorFacts(
        dtype=torch.float32,
        shape=(codes, model.config.quant_dim),
        meaning="the latent action before it is quantised",
    )

    def reference(inputs: Arrays, _: list[str]) -> Arrays:
        frames = to_frames(torch.from_numpy(inputs["frames"]))
        return {
            "vectors": model.pre_quant(frames).float().numpy(),
            "codes": model.codes(frames).numpy(),
        }

    return Graph(
        name="encode",
        module=EncodePair(model).eval(),
        inputs={
            "frames": TensorFacts(
                dtype=torch.uint8, shape=(2, side, side, 3), meaning="frame t and frame t+H, RGB"
            )
        },
        outputs={"vectors": vectors, "codes": _codes(codes, model.quantizer.codebook_size)},
        choices={"vectors": model.quantizer.vectors_to_indices},
        reference=reference,
    )


def _decode(model: LatentActionQuantizer) -> Graph:
    config = model.config
    picture = (config.image_size, config.image_size, 3)
    action = _codes(config.code_seq_len, model.quantizer.codebook_size)
    name = "codes"
    decode: Callable[[Tensor, Tensor], Tensor] = model.decode
    if not config.quantizer.has_codes:
        shape = (config.code_seq_len, config.quant_dim)
        action = TensorFacts(dtype=torch.float32, shape=shape, meaning="a latent action")
        name, decode = "vectors", model.decode_vectors

    @torch.no_grad()
    def reference(inputs: Arrays, _: list[str]) -> Arrays:
        first = to_float(torch.from_numpy(inputs["frame"]))
        drawn = decode(first, torch.from_numpy(inputs[name]))
        return {"future": rearrange(drawn, "b c h w -> b h w c").numpy()}

    return Graph(
        name="decode",
        module=DecodeFuture(model).eval(),
        inputs={
            "frame": TensorFacts(dtype=torch.uint8, shape=picture, meaning="frame t, RGB"),
            name: action,
        },
        outputs={
            "future": TensorFacts(
                dtype=torch.float32, shape=picture, meaning="frame t+H, RGB in [0, 1], not clipped"
            )
        },
        reference=reference,
    )


def _codes(count: int, size: int) -> TensorFacts:
    return TensorFacts(dtype=torch.int64, shape=(count,), meaning=f"codes, 0 to {size - 1}")
