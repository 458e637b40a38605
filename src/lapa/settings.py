"""Project settings: hooks and configuration loading, no logic."""

from lapa import config
from lapa.config.context import ProjectContext
from lapa.hooks import (
    ArmRunsHook,
    CodesHook,
    DescriptionHook,
    ExperimentHook,
    InterruptHook,
    LineageHook,
    PreflightHook,
    RegistryHook,
    RobotActionsHook,
    ShortErrorsHook,
    SignpostHook,
    StaleOutputsHook,
    TimingHook,
    TypedParametersMlflowHook,
    WatchedActionsHook,
)

# Those that look before the run do so before MLflow opens anything (they say `tryfirst`); errors are
# shortened when everybody else has seen them (`trylast`).
# Hooks run last-in first-out. kedro-mlflow puts the pipeline's run on top before every node, so the arm's
# run opens after it; lineage and times are logged before the arm's run closes.
HOOKS = (
    ShortErrorsHook(),
    SignpostHook(),
    RegistryHook(),
    ArmRunsHook(),
    LineageHook(),
    TimingHook(),
    DescriptionHook(),
    TypedParametersMlflowHook(),
    InterruptHook(),
    RobotActionsHook(),
    WatchedActionsHook(),
    StaleOutputsHook(),
    CodesHook(),
    ExperimentHook(),
    PreflightHook(),
)
# The plugin's own hook would open a second run; the name is spelled with an underscore.
DISABLE_HOOKS_FOR_PLUGINS = ("kedro_mlflow",)

CONFIG_LOADER_CLASS = config.ConfigLoader
CONFIG_LOADER_ARGS = config.CONFIG_LOADER_ARGS
CONTEXT_CLASS = ProjectContext
