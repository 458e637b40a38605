"""What every action head offers, whatever it predicts inside."""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

from lapa.models.policy.heads.conditioning import CodeEmbedding
from lapa.models.policy.heads.sizes import HeadSizes
from lapa.params.heads import HeadParams


class ActionHead(nn.Module, ABC):
    """From what the backbone encoded to a chunk of actions in physical units.

    A subclass is built from its own parameters and the sizes around it: ``(params, sizes)``.
    """

    starts_from_noise: bool = False
    """Whether an action begins as noise that can be given (`predict_from_noise`)."""

    def __init__(self, params: HeadParams, sizes: HeadSizes) -> None:
        super().__init__()
        self.reads = params.conditioned_on
        """Its input: features ``float (batch, feature_dim)`` or codes ``int64 (batch, code)``."""
        self.codec = sizes.codec
        self.chunk = sizes.chunk

    @abstractmethod
    def loss(self, encoded: Tensor, actions: Tensor, mask: Tensor) -> Tensor:
        """Training loss, a scalar.

        Args:
            encoded: what the head `reads`.
            actions: ``float (batch, time, action_dim)``, physical units.
            mask: ``bool (batch, time)``, False beyond the end of the episode.
        """

    @abstractmethod
    def predict(self, encoded: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Actions ``float32 (batch, time, action_dim)``, physical units, clipped.

        Without a generator nothing is drawn: the same input always gives the same action.
        """

    def predict_from_noise(self, encoded: Tensor, noise: Tensor) -> Tensor:
        """As `predict`, from standard normal ``noise (batch, time, action_dim)``; zeros: as without a generator.

        Raises:
            TypeError: this head does not start from noise.
        """
        raise TypeError(
            f"{type(self).__name__} does not start from noise; found noise {tuple(noise.shape)}, "
            "expected predict()"
        )

    def choice_logits(self, encoded: Tensor) -> Tensor | None:
        """Logits ``(..., class)`` of what `predict` takes the likeliest of; None where it takes no such choice.

        Two implementations that agree to the last digits but one may choose differently where two classes
        are equally likely.
        """
        return None

    def load_codebook(self, codebook: Tensor) -> None:
        """Start embeddings of codes from a quantiser's codebook ``(codebook_size, quant_dim)``.

        Raises:
            TypeError: this head has none.
            ValueError: they have another shape.
        """
        embedding = next((m for m in self.modules() if isinstance(m, CodeEmbedding)), None)
        if embedding is None:
            raise TypeError(
                f"{type(self).__name__} has no embeddings of codes for a codebook {tuple(codebook.shape)}; "
                "expected a head that reads codes, such as mlp"
            )
        embedding.start_from(codebook)


def masked_mean(values: Tensor, mask: Tensor) -> Tensor:
    """Mean of ``values (batch, time, ...)`` where ``mask (batch, time)`` is set; 0 if nowhere."""
    per_step = values.flatten(2).mean(dim=-1) if values.ndim > 2 else values
    return (per_step * mask).sum() / mask.sum().clamp_min(1)


def two_layers(width: int, hidden_dim: int, out: int, *, dropout: float) -> nn.Sequential:
    """``(..., width) -> (..., out)``, the perceptron on top of the features."""
    return nn.Sequential(
        nn.Linear(width, hidden_dim),
        nn.GELU(),
        nn.Dropout(dropout),
        nn.Linear(hidden_dim, out),
    )
