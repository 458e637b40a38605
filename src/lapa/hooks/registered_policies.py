"""Every finetuned policy becomes a version of a registered model."""

from __future__ import annotations

import logging
from pathlib import Path

import mlflow
from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from mlflow.exceptions import MlflowException

from lapa.hooks.preflight.parameter_names import PARENT_RUN
from lapa.params.registry import RegistryParams
from lapa.records import Checkpoint
from lapa.registry.log_policy import register_policy
from lapa.tracking.begun_away import begun_away
from lapa.tracking.journal import is_away

logger = logging.getLogger(__name__)
SECTION = "registry"


class RegistryHook:
    """Registers what is saved as `<arm>.policy_checkpoint`, as the model `<arm>-policy`.

    Not in the runs of a study, which make hundreds that nobody will deploy.
    """

    def __init__(self) -> None:
        self._params = RegistryParams()
        self._catalog = DataCatalog()

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Read `registry`."""
        parameters = context.params
        self._params = RegistryParams.model_validate(parameters.get(SECTION, {}))
        if PARENT_RUN in parameters:
            self._params = RegistryParams(policies=False)

    @hook_impl
    def before_pipeline_run(self, catalog: DataCatalog) -> None:
        """Remember where policies will lie."""
        self._catalog = catalog

    @hook_impl
    def after_dataset_saved(self, dataset_name: str) -> None:
        """Register a policy that has been published."""
        arm, _, name = dataset_name.rpartition(".")
        if not self._params.policies or name != "policy_checkpoint" or mlflow.active_run() is None:
            return
        saved = self._catalog.load(dataset_name)
        if isinstance(saved, Checkpoint):
            _register(Path(saved.path), f"{arm}-policy")


def _register(policy: Path, model: str) -> None:
    """Versions are not kept for a registry that is away: the policy can be registered from its folder."""
    try:
        if begun_away(mlflow.get_tracking_uri()):
            raise ConnectionError("MLflow was away when the run began")
        version = register_policy(policy, model)
        logger.info("registered as version %s of the model %s", version, model)
    except (MlflowException, OSError) as error:
        if not is_away(error):
            raise
        how = f"lapa register {policy} --name={model}"
        logger.warning("MLflow is away: %s is not registered; later `%s` does so", model, how)
