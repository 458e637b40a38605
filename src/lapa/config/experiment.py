"""The experiment that pipelines are built for: Kedro builds them without saying what was configured."""

from __future__ import annotations

from kedro.framework.project import pipelines

from lapa.params.experiment import DEMO, Experiment

REGISTRY = "lapa.pipeline_registry"
_chosen: list[Experiment] = [DEMO]


def current_experiment() -> Experiment:
    """The experiment of the configuration that was loaded last; the demo's before any was."""
    return _chosen[-1]


def choose_experiment(experiment: Experiment) -> None:
    """Build pipelines for ``experiment`` from now on; those built for another one are forgotten."""
    if experiment != _chosen[-1]:
        _chosen[:] = [experiment]
        pipelines.configure(REGISTRY)
