"""A foundation model as a graph: image and tokens to code logits."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lapa.export.graphs.graph import Arrays, Graph, TensorFacts, likeliest
from lapa.export.graphs.tokens import taking_tokens, token_inputs
from lapa.models.foundation.interface import LatentPolicy
from lapa.refused import RefusedError

LOGITS = "code_logits"


class PredictCodes(nn.Module):
    """Image and tokens -> logits of the codes, and the likeliest ones."""

    def __init__(self, backbone: LatentPolicy) -> None:
        super().__init__()
        self.backbone = taking_tokens(backbone)

    def forward(self, images: Tensor, tokens: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Predict."""
        logits = self.backbone.logits(images, (tokens, mask)).float()
        return logits, likeliest(logits)


def foundation_graph(backbone: LatentPolicy, *, image_size: int, words: int) -> Graph:
    """The graph of a foundation model in evaluation mode.

    Args:
        backbone: chooses all codes at once, from a tokenizer's ids.
        image_size: side of its pictures, those of the shards it was trained on.
        words: tokens of an instruction, padding included.
    """
    require_logits(backbone)

    @torch.no_grad()
    def reference(inputs: Arrays, instructions: list[str]) -> Arrays:
        images = torch.from_numpy(inputs["images"])
        return {
            LOGITS: backbone.logits(images, instructions).float().numpy(),
            "codes": backbone.predict_codes(images, instructions).numpy(),
        }

    codes = f"codes, 0 to {backbone.codebook_size - 1}"
    return Graph(
        name="codes",
        module=PredictCodes(backbone).eval(),
        inputs={"images": picture_input(image_size), **token_inputs(words)},
        outputs={
            LOGITS: logits_output(backbone),
            "codes": TensorFacts(
                dtype=torch.int64, shape=(backbone.code_seq_len,), meaning=f"the likeliest {codes}"
            ),
        },
        choices={LOGITS: likeliest},
        reference=reference,
    )


def require_logits(backbone: LatentPolicy) -> None:
    """Refuse a backend that writes its codes one after the other.

    Raises:
        RefusedError: it does.
    """
    if backbone.teacher_forced or type(backbone).logits is LatentPolicy.logits:
        raise RefusedError(
            f"{type(backbone).__name__} does not name the logits of all codes at once, expected a backend "
            "that does: film_cnn, or dual_encoder with decoding: parallel"
        )


def picture_input(side: int) -> TensorFacts:
    """Pictures as in the shards."""
    return TensorFacts(dtype=torch.uint8, shape=(side, side, 3), meaning="frame t, RGB")


def logits_output(backbone: LatentPolicy) -> TensorFacts:
    """Of the codes."""
    return TensorFacts(
        dtype=torch.float32,
        shape=(backbone.code_seq_len, backbone.codebook_size),
        meaning="unnormalised log probability of every code at every position",
    )
