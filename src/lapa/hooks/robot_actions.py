"""A robot without actions, or the state asked for, is refused once its shards are there, not after hours of pretraining."""

from __future__ import annotations

from typing import Any

from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline

from lapa.data.loading.require_labeled import require_labeled
from lapa.hooks.to_run import nodes_to_run
from lapa.params.experiment import inside_robot_set, robot_set
from lapa.params.finetune import FinetuneParams
from lapa.records import ShardSet

FINETUNE = "params:finetune"


class RobotActionsHook:
    """Looks at the shards of `finetune.dataset` before the run, or once they are written."""

    def __init__(self) -> None:
        self._dataset: str | None = None
        self._with_states = False

    @hook_impl(tryfirst=True)
    def before_pipeline_run(
        self, run_params: dict[str, Any], pipeline: Pipeline, catalog: DataCatalog
    ) -> None:
        """Note the robot where a policy will be trained; look at shards that nothing will replace.

        Raises:
            ValueError: they hold no actions of it.
        """
        only_missing = bool(run_params.get("only_missing_outputs"))
        nodes = nodes_to_run(pipeline, catalog, only_missing=only_missing)
        policies = [node for node in nodes if FINETUNE in node.inputs]
        finetune = catalog.load(FINETUNE) if policies else None
        self._dataset = finetune.dataset if isinstance(finetune, FinetuneParams) else None
        self._with_states = isinstance(finetune, FinetuneParams) and finetune.use_state
        written = {name for node in nodes for name in node.outputs}
        shards = self._shards
        if shards is not None and shards not in written and catalog.exists(shards):
            self._check(catalog.load(shards))

    @hook_impl
    def after_node_run(self, outputs: dict[str, Any]) -> None:
        """Look at the robot's shards as soon as they are there.

        Raises:
            ValueError: they hold no actions of it.
        """
        if self._shards is not None and self._shards in outputs:
            self._check(outputs[self._shards])

    @property
    def _shards(self) -> str | None:
        return None if self._dataset is None else f"{robot_set(self._dataset)}.clip_shards"

    def _check(self, shards: Any) -> None:
        if isinstance(shards, ShardSet):
            inside = inside_robot_set(self._dataset)
            require_labeled(shards, inside, with_states=self._with_states)
