"""Pipelines are those of the configuration where no hook is called, as in Kedro-Viz."""

from __future__ import annotations

from kedro.framework.project import pipelines
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro_viz.integrations.utils import _VizNullPluginManager

from lapa.config import CONFIG_LOADER_ARGS, ConfigLoader
from lapa.params.experiment import DEMO, Experiment
from toys.paths import ROOT


def test_without_hooks_the_environment_has_its_own_datasets() -> None:
    bootstrap_project(ROOT)
    with KedroSession.create(project_path=ROOT, save_on_close=False, env="bridge") as session:
        session._hook_manager = _VizNullPluginManager()
        assert session.load_context().catalog
        assert "bridge.write_shards" in {node.name for node in pipelines["__default__"].nodes}


def test_the_demo_is_the_experiment_of_the_base_configuration() -> None:
    loader = ConfigLoader(str(ROOT / "conf"), env="local", **CONFIG_LOADER_ARGS)
    assert Experiment.of(loader["parameters"]) == DEMO
