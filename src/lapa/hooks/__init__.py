"""What happens before and around nodes: checks, MLflow parameters, nested arms, lineage tags, times."""

from lapa.hooks.arms import ArmRunsHook
from lapa.hooks.lineage import LineageHook
from lapa.hooks.parameters import TypedParametersMlflowHook
from lapa.hooks.preflight import PreflightHook
from lapa.hooks.short_errors import ShortErrorsHook
from lapa.hooks.signpost import SignpostHook
from lapa.hooks.stale_outputs import StaleOutputsHook
from lapa.hooks.timing import TimingHook

__all__ = [
    "ArmRunsHook",
    "LineageHook",
    "PreflightHook",
    "ShortErrorsHook",
    "SignpostHook",
    "StaleOutputsHook",
    "TimingHook",
    "TypedParametersMlflowHook",
]
