"""Few-label supervision: the codes of some pairs must tell the action that was really executed."""

from __future__ import annotations

import torch
from einops import rearrange
from torch import Tensor, nn

from lapa.params.laq.model import LaqModelParams
from lapa.params.laq.stage import ActionTargetParams
from lapa.training.laq.targets.base import PairResult, Target

_KNUTH = 2_654_435_761


class ActionTarget(Target):
    """Mean squared error of a linear read-out of the quantised vectors, in units of ``scale``."""

    scale: Tensor

    def __init__(self, params: ActionTargetParams, model: LaqModelParams) -> None:
        super().__init__()
        self.weight = params.weight
        self._fraction = params.fraction
        self.read_out = nn.Linear(model.code_seq_len * model.quant_dim, params.action_dim)
        scale = params.scale or (1.0,) * params.action_dim
        if len(scale) != params.action_dim:
            raise ValueError(
                f"`targets.actions.scale` has {len(scale)} values, expected `action_dim` = "
                f"{params.action_dim}"
            )
        self.register_buffer("scale", torch.tensor(scale), persistent=False)

    def forward(self, result: PairResult) -> Tensor:
        """Compare on the labelled pairs of the batch; 0 when it holds none."""
        actions = result.batch["actions"]
        if actions.shape[1] != len(self.scale):
            raise ValueError(
                f"actions have {actions.shape[1]} dimensions, expected "
                f"`targets.actions.action_dim` = {len(self.scale)}"
            )
        tokens = rearrange(result.output.quantized.tokens, "b s d -> b (s d)")
        predicted: Tensor = self.read_out(tokens)
        error = (predicted.float() - actions / self.scale).square().mean(dim=1)
        labeled = is_labeled(result.batch["sample_id"], self._fraction)
        return (error * labeled).sum() / labeled.sum().clamp(min=1)


def is_labeled(sample_id: Tensor, fraction: float) -> Tensor:
    """Tell which samples may show their action: a fixed, scattered ``fraction`` of all ids.

    Args:
        sample_id: ``int64 (batch,)``.
        fraction: in (0, 1].

    Returns:
        ``bool (batch,)``.
    """
    chosen: Tensor = ((sample_id + 1) * _KNUTH) % 2**32 < fraction * 2**32
    return chosen
