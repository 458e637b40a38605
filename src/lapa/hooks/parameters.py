"""Open or continue the run of this experiment, and log typed parameters field by field."""

from __future__ import annotations

import json
import os
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import mlflow
from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node
from kedro_mlflow.framework.hooks.mlflow_hook import MlflowHook
from kedro_mlflow.framework.hooks.utils import _flatten_dict
from mlflow.environment_variables import MLFLOW_RUN_CONTEXT
from mlflow.exceptions import MlflowException
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID
from mlflow.utils.validation import MAX_PARAM_VAL_LENGTH
from pydantic import BaseModel

from lapa.folders.lock import one_at_a_time
from lapa.hooks.continuing import PROCESS_TAG, RUN_TAG, close_dead_runs, find_run
from lapa.hooks.preflight.array_part import part_of_run
from lapa.hooks.preflight.parameter_names import PARENT_RUN
from lapa.hooks.side_by_side import is_side_by_side
from lapa.refused import RefusedError
from lapa.tracking.begun_away import ARTIFACTS, address_of, copy_begun, database_for
from lapa.tracking.journal import is_away
from lapa.tracking.patience import deliver_kept, write_through_journal
from lapa.tracking.process import this_process
from lapa.tracking.turns import begin_turns, end_turns

_PREFIX = "params:"
_TRAINING_PAGE = {"mlflow.experimentKind": "custom_model_development"}
"""MLflow 3 takes an experiment without this tag for one of language-model applications."""
_MEANINGLESS = ("runner", "run_id")
"""Facts the plugin would tag: a memory address, and the id of a Kedro session."""


class TypedParametersMlflowHook(MlflowHook):
    """kedro-mlflow, with pydantic parameters as plain dictionaries and one run per experiment.

    The plugin logs a pydantic model as one long string, so that runs cannot be compared;
    as dictionaries they become `laq.optimizer.learning_rate` and the like. It opens a new run for
    every command; here a command continues the run of the same name, unless a parameter changed.
    """

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Connect to MLflow, or to a database that stands in for it while it is away.

        One process at a time, for the first one creates the database.
        """
        write_through_journal()
        self._away = ""
        with one_at_a_time(context.project_path):
            try:
                super().after_context_created(context)
            except (MlflowException, OSError) as error:
                if not is_away(error):
                    raise
                self._away = context.config_loader["mlflow"]["server"]["mlflow_tracking_uri"]
                _stand_in(context, self._away, error)
                super().after_context_created(context)
        client, experiment = self._client_and_experiment()
        for key, value in _TRAINING_PAGE.items():
            if experiment.tags.get(key) != value:
                client.set_experiment_tag(experiment.experiment_id, key, value)

    @hook_impl
    def before_pipeline_run(
        self, run_params: dict[str, Any], pipeline: Pipeline, catalog: DataCatalog
    ) -> None:
        """Open the run: the one this command continues, or a new one. A part of an array logs nothing.

        Jobs side by side would open a run each, and lock one database; the merge logs for all of them.
        """
        part = part_of_run(run_params.get("runtime_params"))
        if part is not None and not part.merges:
            self._is_mlflow_enabled, self.run_id = False, None
            return
        settings = self.mlflow_config.tracking.run
        given = settings.id
        client, experiment = self._client_and_experiment()
        self._deliver()
        close_dead_runs(client, experiment.experiment_id)
        if given is None and settings.name:
            used = {name: catalog.load(name) for name in pipeline.inputs() if _is_parameter(name)}
            settings.id = find_run(
                client, experiment.experiment_id, settings.name, flat_parameters(used)
            )
        facts = {key: value for key, value in run_params.items() if key not in _MEANINGLESS}
        tags = {PROCESS_TAG: this_process()}
        if settings.name:
            tags[RUN_TAG] = settings.name
        if parent := (run_params.get("runtime_params") or {}).get(PARENT_RUN):
            tags[MLFLOW_PARENT_RUN_ID] = parent
        with _born_with(tags):
            super().before_pipeline_run(facts, pipeline, catalog)
        settings.id = given
        if (run := mlflow.active_run()) is not None:
            mlflow.set_tags({RUN_TAG: run.info.run_name, **tags})
        begin_turns() if is_side_by_side(catalog) else end_turns()

    @hook_impl
    def before_dataset_loaded(self) -> None:
        """In a process of its own (`--runner=ParallelRunner`) a node finds no run open: enter it before it reads."""
        if self.run_id is not None and mlflow.active_run() is None:
            mlflow.start_run(run_id=self.run_id, nested=True)

    @hook_impl
    def before_node_run(
        self, node: Node, catalog: DataCatalog, inputs: dict[str, Any], is_async: bool
    ) -> None:
        """Log the node's `params:` inputs, one MLflow parameter per field, all at once.

        The plugin would write each in a transaction of its own: seconds per node on a slow disk.
        """
        super().before_node_run(node, catalog, {}, is_async)
        if mlflow.active_run() is not None:
            log_parameters(inputs)

    @hook_impl
    def after_pipeline_run(
        self, run_params: dict[str, Any], pipeline: Pipeline, catalog: DataCatalog
    ) -> None:
        """End the run; the plugin entered it once more before every node and leaves it once."""
        end_turns()
        super().after_pipeline_run(run_params, pipeline, catalog)
        if not self._is_mlflow_enabled:
            return
        while not self._already_active_mlflow and mlflow.active_run() is not None:
            mlflow.end_run()
        self._deliver()
        if self._away:
            copy_begun(self._away)

    def _deliver(self) -> None:
        uri = self.mlflow_config.server.mlflow_tracking_uri
        deliver_kept(uri)
        if not self._away:
            copy_begun(uri)

    def _client_and_experiment(self) -> tuple[mlflow.MlflowClient, mlflow.entities.Experiment]:
        client = mlflow.MlflowClient(self.mlflow_config.server.mlflow_tracking_uri)
        experiment = client.get_experiment_by_name(self.mlflow_config.tracking.experiment.name)
        assert experiment is not None  # noqa: S101 - made when the hook connected
        return client, experiment


def _stand_in(context: KedroContext, uri: str, error: Exception) -> None:
    """Configure MLflow to a database on this disk.

    Raises:
        RefusedError: the command wants a certain run of the server's.
    """
    loader = context.config_loader
    settings = loader["mlflow"]
    server, tracking = dict(settings["server"]), dict(settings.get("tracking") or {})
    if run_id := (tracking.get("run") or {}).get("id"):
        raise RefusedError(
            f"mlflow_run_id={run_id} is a run of MLflow at {uri}, which does not answer ({error}); start it, "
            "or leave mlflow_run_id out: what is logged is then kept and copied to MLflow later"
        ) from error
    folder = database_for(uri)
    server["mlflow_tracking_uri"] = address_of(folder)
    place = {"create_experiment_kwargs": {"artifact_location": str(folder / ARTIFACTS)}}
    tracking["experiment"] = dict(tracking.get("experiment") or {}) | place
    loader["mlflow"] = settings | {"server": server, "tracking": tracking}
    reason = str(error).splitlines()[0][:200]
    warnings.warn(
        f"MLflow at {uri} is away ({reason}). The run goes on in {address_of(folder)}, which the end of "
        "this command or the next one copies to MLflow when it answers",
        stacklevel=2,
    )


def flat_parameters(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Of a node's inputs the `params:` ones, one entry per field, named as MLflow shows them."""
    nested = {
        name.removeprefix(_PREFIX): _plain(value)
        for name, value in inputs.items()
        if _is_parameter(name)
    }
    flat = _flatten_dict(nested, sep=".")
    # MLflow takes few characters in names
    return {re.sub(r"[^/\w.\- :]", "_", name): value for name, value in flat.items()}


def log_parameters(inputs: Mapping[str, Any]) -> None:
    """Log the parameters among a node's inputs into the active run; too long ones become tags."""
    values = {name: str(value) for name, value in flat_parameters(inputs).items()}
    long = {name: text for name, text in values.items() if len(text) > MAX_PARAM_VAL_LENGTH}
    mlflow.log_params({name: text for name, text in values.items() if name not in long})
    mlflow.set_tags(long)


def _is_parameter(name: str) -> bool:
    return name.startswith(_PREFIX)


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value


@contextmanager
def _born_with(tags: Mapping[str, str]) -> Iterator[None]:
    """Runs that are opened inside have these tags from their first moment: killed right after, they are known."""
    before = os.environ.get(MLFLOW_RUN_CONTEXT.name)
    os.environ[MLFLOW_RUN_CONTEXT.name] = json.dumps(json.loads(before or "{}") | dict(tags))
    try:
        yield
    finally:
        if before is None:
            del os.environ[MLFLOW_RUN_CONTEXT.name]
        else:
            os.environ[MLFLOW_RUN_CONTEXT.name] = before
