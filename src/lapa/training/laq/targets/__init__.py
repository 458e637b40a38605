"""What the latent action must explain: pixels, features, flow, actions; one file each."""

from __future__ import annotations

from torch import nn

from lapa.params.laq.stage import LaqParams
from lapa.training.laq.targets.actions import ActionTarget
from lapa.training.laq.targets.base import PairResult, Target
from lapa.training.laq.targets.features import FeatureTarget
from lapa.training.laq.targets.flow import FlowTarget
from lapa.training.laq.targets.pixels import PixelTarget

__all__ = ["PairResult", "Target", "build_targets"]


def build_targets(params: LaqParams) -> nn.ModuleDict:
    """Build the targets that are switched on, by the name under which their loss is logged."""
    wanted, model = params.targets, params.model
    chosen: dict[str, nn.Module] = {"pixels": PixelTarget(wanted.pixels)}
    if wanted.features:
        chosen["features"] = FeatureTarget(wanted.features, model)
    if wanted.flow:
        chosen["flow"] = FlowTarget(wanted.flow, model)
    if wanted.actions:
        chosen["actions"] = ActionTarget(wanted.actions, model)
    return nn.ModuleDict(chosen)
