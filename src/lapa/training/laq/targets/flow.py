"""Optical flow from frame t to t+H as a teacher sees it: motion without appearance."""

from __future__ import annotations

from einops import reduce
from torch import Tensor

from lapa.flow.dis import FlowEstimator, dis_flow
from lapa.flow.raft import RaftFlow
from lapa.models.laq.decoder import ActionDecoder
from lapa.params.laq.model import LaqModelParams
from lapa.params.laq.stage import FlowTargetParams
from lapa.training.laq.targets.base import PairResult, Target


class FlowTarget(Target):
    """Mean squared error of the mean flow of every patch, in percent of the image side.

    A percentage keeps one weight meaningful at every resolution. The mean over a patch forgives
    the teacher's errors at edges.
    """

    def __init__(self, params: FlowTargetParams, model: LaqModelParams) -> None:
        super().__init__()
        self.weight = params.weight
        self._patch_size = model.patch_size
        self._teacher: FlowEstimator = RaftFlow(params.raft) if params.raft else dis_flow
        own = model.model_copy(update={"decoder_depth": params.depth})
        self.decoder = ActionDecoder(own, values=2, zero_head=True)

    def forward(self, result: PairResult) -> Tensor:
        """Compare decoded and teacher's flow."""
        teacher = flow_percent(
            result.batch["frames"], patch_size=self._patch_size, teacher=self._teacher
        )
        predicted: Tensor = self.decoder(result.output.decoder_input)
        return (predicted.float() - teacher.to(predicted.device)).square().mean()


def flow_percent(pairs: Tensor, *, patch_size: int, teacher: FlowEstimator = dis_flow) -> Tensor:
    """A teacher's flow, averaged per patch.

    Args:
        pairs: ``uint8 (batch, 2, height, width, 3)``.
        patch_size: pixels.
        teacher: who sees the flow.

    Returns:
        ``float32 (batch, row, column, 2)``: right and down, percent of the image's width.
    """
    pooled = reduce(
        teacher(pairs),
        "b (h p) (w q) xy -> b h w xy",
        "mean",
        p=patch_size,
        q=patch_size,
    )
    return 100 / pairs.shape[3] * pooled
