"""What happens around nodes: MLflow parameters, nested arms, lineage tags, times, signposts."""

from lapa.hooks.arms import ArmRunsHook
from lapa.hooks.lineage import LineageHook
from lapa.hooks.parameters import TypedParametersMlflowHook
from lapa.hooks.signpost import SignpostHook
from lapa.hooks.timing import TimingHook

__all__ = ["ArmRunsHook", "LineageHook", "SignpostHook", "TimingHook", "TypedParametersMlflowHook"]
