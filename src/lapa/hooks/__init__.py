"""What happens before and around nodes: checks, one MLflow run per experiment and arm, lineage, times."""

from lapa.hooks.arms import ArmRunsHook
from lapa.hooks.codes import CodesHook
from lapa.hooks.description import DescriptionHook
from lapa.hooks.experiment import ExperimentHook
from lapa.hooks.interrupt import InterruptHook
from lapa.hooks.lineage import LineageHook
from lapa.hooks.parameters import TypedParametersMlflowHook
from lapa.hooks.preflight import PreflightHook
from lapa.hooks.registered_policies import RegistryHook
from lapa.hooks.robot_actions import RobotActionsHook
from lapa.hooks.short_errors import ShortErrorsHook
from lapa.hooks.signpost import SignpostHook
from lapa.hooks.stale_outputs import StaleOutputsHook
from lapa.hooks.timing import TimingHook
from lapa.hooks.watched_actions import WatchedActionsHook

__all__ = [
    "ArmRunsHook",
    "CodesHook",
    "DescriptionHook",
    "ExperimentHook",
    "InterruptHook",
    "LineageHook",
    "PreflightHook",
    "RegistryHook",
    "RobotActionsHook",
    "ShortErrorsHook",
    "SignpostHook",
    "StaleOutputsHook",
    "TimingHook",
    "TypedParametersMlflowHook",
    "WatchedActionsHook",
]
