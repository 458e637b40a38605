"""Pipelines are built for the datasets that the configuration names."""

from __future__ import annotations

from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl

from lapa.config.experiment import choose_experiment
from lapa.params.experiment import Experiment


class ExperimentHook:
    """Reads which datasets are watched and labelled, before Kedro builds the pipelines."""

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Choose the experiment of this configuration; names were checked before."""
        choose_experiment(Experiment.of(context.config_loader["parameters"]))
