"""When the checks are made: names as soon as configuration can be read, places before the first node."""

from __future__ import annotations

from typing import Any

from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline

from lapa.config import require_environment
from lapa.hooks.preflight.array_part import part_of_run, require_in_parts, require_made_before
from lapa.hooks.preflight.configured import loaded, require_configured
from lapa.hooks.preflight.devices import require_processes
from lapa.hooks.preflight.reused import require_not_written, require_reusable
from lapa.hooks.preflight.run_name import require_run_name
from lapa.hooks.preflight.runner import require_runner
from lapa.hooks.preflight.simulators import require_one_simulator
from lapa.hooks.preflight.sources import require_sources
from lapa.hooks.side_by_side import is_side_by_side
from lapa.hooks.to_run import nodes_to_run


class PreflightHook:
    """Refuses a run that names an environment, run, parameter, source or machine that is not there."""

    @hook_impl(tryfirst=True)
    def after_context_created(self, context: KedroContext) -> None:
        """Check names, before MLflow is set up with what they lead to.

        Raises:
            RefusedError: one of them is wrong; the message says which and names the nearest.
        """
        loader = context.config_loader
        require_environment(loader.conf_source, context.env)
        parameters, known = loaded(loader)
        require_run_name(known.get("run", ""))
        part_of_run(loader.runtime_params)
        require_reusable(loader.runtime_params or {})
        require_configured(loader, parameters, known)

    @hook_impl(tryfirst=True)
    def before_pipeline_run(
        self, run_params: dict[str, Any], pipeline: Pipeline, catalog: DataCatalog
    ) -> None:
        """Check what the nodes that will run need from the machine.

        Raises:
            RefusedError: a source is not there, simulators differ, processes and devices do not fit,
                artefacts of another run would be replaced, a part is asked for that cannot be made, or
                the runner shares one process among nodes.
        """
        require_runner(str(run_params.get("runner")), side_by_side=is_side_by_side(catalog))
        nodes = nodes_to_run(
            pipeline, catalog, only_missing=bool(run_params.get("only_missing_outputs"))
        )
        given = run_params.get("runtime_params") or {}
        part = part_of_run(given)
        require_in_parts(part, run_params.get("pipeline_names"))
        outputs = [name for node in nodes for name in node.outputs]
        require_not_written(given, outputs, exists=catalog.exists)
        inputs = {name for node in nodes for name in node.inputs}
        require_made_before(part, inputs - set(outputs), exists=catalog.exists)
        parameters = {name: catalog.load(name) for name in inputs if name.startswith("params:")}
        require_sources(parameters)
        require_one_simulator(parameters)
        require_processes(parameters, merging=part is not None and part.merges)
