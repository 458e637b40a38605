"""What every foundation backend offers, whatever network it is made of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from einops import rearrange
from torch import Tensor, nn
from torch.nn import functional

from lapa.batches import LatentBatch
from lapa.models.foundation.initialization import Origin
from lapa.models.foundation.workload import Workload


class LatentLoss(NamedTuple):
    """What one forward pass over labelled samples gives.

    A named tuple, because DDP and FSDP2 look for tensors inside tuples but not in dataclasses.
    """

    loss: Tensor
    """Scalar, mean over samples and code positions."""
    logits: Tensor
    """``float32 (batch, code, codebook)``: unnormalised log probabilities of every position."""


class LatentPolicy(nn.Module, ABC):
    """Predicts the latent action of a person or robot from one image and an instruction.

    It sees frame t only; nothing in this interface can carry frame t+H.
    """

    feature_dim: int
    """Width of what `features` returns."""
    code_seq_len: int
    """S, codes per latent action."""
    codebook_size: int
    """K, entries of the codebook."""
    origins: tuple[Origin, ...] = ()
    """Where the weights of each module come from; empty means all fresh."""
    teacher_forced: bool = False
    """Whether the logits of `loss` have seen the true earlier codes; then only `predict_codes`
    tells what the model does by itself."""

    parts_its_trunk: bool = False
    """Whether `trunk` and `features_of_trunk` are the two halves of `features`."""

    @abstractmethod
    def loss(self, batch: LatentBatch) -> LatentLoss:
        """Cross-entropy of the codes of a batch."""

    @abstractmethod
    def predict_codes(self, images: Tensor, instructions: list[str]) -> Tensor:
        """Most likely latent action, without sampling.

        Args:
            images: ``uint8 (batch, height, width, 3)``, frame t.
            instructions: one per image.

        Returns:
            ``int64 (batch, code)`` in ``[0, codebook_size)``.
        """

    def logits(self, images: Tensor, instructions: list[str]) -> Tensor:
        """What `predict_codes` takes the likeliest of, ``float (batch, code, codebook)``; arguments as there.

        Raises:
            ValueError: this backend does not choose all codes at once.
        """
        raise ValueError(
            f"{type(self).__name__} does not name the logits of all codes at once; expected predict_codes()"
        )

    @abstractmethod
    def features(self, images: Tensor, instructions: list[str]) -> Tensor:
        """What a finetuning head reads: ``float (batch, feature_dim)``, differentiable."""

    def trunk(self, images: Tensor, instructions: list[str]) -> Tensor:
        """What `trunk_parameters` alone make of it, ``float (batch, …)``; arguments as for `features`.

        While they are frozen it never changes, so stage 3 computes it once. Only where `parts_its_trunk`.
        """
        raise ValueError(
            f"{type(self).__name__} does not part its trunk from its neck; expected features()"
        )

    def features_of_trunk(self, trunk: Tensor) -> Tensor:
        """`features`, from what `trunk` returned.

        Raises:
            ValueError: this backend does not part its trunk from its neck.
        """
        raise ValueError(
            f"{type(self).__name__} does not part its trunk from its neck; found a trunk of shape "
            f"{tuple(trunk.shape)}, expected images and instructions"
        )

    def new_query(self) -> nn.Parameter:
        """One more query ``(1, feature_dim)``, from torch's global generator, for `features_of_query`.

        Raises:
            ValueError: this backend asks no queries.
        """
        raise ValueError(
            f"{type(self).__name__} has no action queries, so it cannot have a new one; expected "
            "action_query: pretrained, or a backend with queries (dual_encoder)"
        )

    def features_of_query(self, query: Tensor, images: Tensor, instructions: list[str]) -> Tensor:
        """As `features`, of one ``query (1, feature_dim)`` in place of the backbone's own.

        Raises:
            ValueError: this backend asks no queries.
        """
        raise ValueError(
            f"{type(self).__name__} has no action queries; found one of shape {tuple(query.shape)}, "
            "expected none"
        )

    @abstractmethod
    def trunk_parameters(self) -> Iterator[nn.Parameter]:
        """Parameters that finetuning freezes with ``train: neck``.

        The rest (the last layers before the latent head) adapt to real actions; the latent
        head itself does not touch `features`.
        """

    def repeated_layers(self) -> Sequence[nn.Module]:
        """The blocks that hold most of the memory: units of sharding and of recomputation."""
        return ()

    def exact_parts(self) -> Sequence[nn.Module]:
        """What computes in float32 whatever the precision: nothing."""
        return ()

    def entered_by(self) -> Mapping[nn.Module, Sequence[str]]:
        """The methods beside ``forward`` that run the model: where weights are sharded, they gather them."""
        return {self: ("predict_codes", "well_formed", "features")}

    def workload(self) -> Workload | None:
        """What one training sample asks of its parts, for `lapa plan`; on the meta device, too.

        None for models that fit anywhere, which need no plan.
        """
        return None

    @abstractmethod
    def save_text_files(self, folder: Path) -> None:
        """Write what a reader needs beside weights and configuration, e.g. the tokenizer."""

    def well_formed(self, images: Tensor, instructions: list[str]) -> Tensor | None:
        """Whether the model, left to itself, writes a readable action: ``bool (batch,)``.

        None for models that cannot write anything else.
        """
        return None

    def forward(self, batch: LatentBatch) -> LatentLoss:
        """The training step as ``forward``, so that wrappers (DDP, FSDP2) see it."""
        return self.loss(batch)


def code_loss(logits: Tensor, codes: Tensor) -> LatentLoss:
    """Mean cross-entropy over positions, computed in float32 whatever the autocast dtype.

    Args:
        logits: ``(batch, code, codebook)``.
        codes: ``int64 (batch, code)`` in ``[0, codebook)``.
    """
    logits = logits.float()
    loss = functional.cross_entropy(
        rearrange(logits, "b s k -> (b s) k"), rearrange(codes, "b s -> (b s)")
    )
    return LatentLoss(loss=loss, logits=logits)
