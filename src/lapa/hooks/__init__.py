"""What happens around nodes: checks, one MLflow run per experiment and arm, lineage, times, signposts."""

from lapa.hooks.arms import ArmRunsHook
from lapa.hooks.codes import CodesHook
from lapa.hooks.description import DescriptionHook
from lapa.hooks.interrupt import InterruptHook
from lapa.hooks.lineage import LineageHook
from lapa.hooks.parameters import TypedParametersMlflowHook
from lapa.hooks.signpost import SignpostHook
from lapa.hooks.timing import TimingHook

__all__ = [
    "ArmRunsHook",
    "CodesHook",
    "DescriptionHook",
    "InterruptHook",
    "LineageHook",
    "SignpostHook",
    "TimingHook",
    "TypedParametersMlflowHook",
]
