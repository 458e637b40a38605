"""Project settings: hooks and configuration loading, no logic."""

from lapa.config import env
from lapa.hooks import (
    ArmRunsHook,
    CodesHook,
    DescriptionHook,
    InterruptHook,
    LineageHook,
    SignpostHook,
    TimingHook,
    TypedParametersMlflowHook,
)

# Hooks run last-in first-out. kedro-mlflow puts the pipeline's run on top before every node, so the arm's
# run opens after it; lineage and times are logged before the arm's run closes.
HOOKS = (
    SignpostHook(),
    ArmRunsHook(),
    LineageHook(),
    TimingHook(),
    DescriptionHook(),
    TypedParametersMlflowHook(),
    InterruptHook(),
    CodesHook(),
)
# The plugin's own hook would open a second run; the name is spelled with an underscore.
DISABLE_HOOKS_FOR_PLUGINS = ("kedro_mlflow",)

CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "local",
    # An environment changes single values; without this it would wipe their siblings.
    "merge_strategy": {"parameters": "soft", "mlflow": "soft", "globals": "soft"},
    "custom_resolvers": {"env": env},
}
