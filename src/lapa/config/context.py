"""Kedro's context, which builds pipelines for the configured experiment where no hook is called: in Kedro-Viz."""

from __future__ import annotations

from typing import Any

from kedro.framework.context import KedroContext
from kedro.io import CatalogProtocol

from lapa.config.experiment import choose_experiment
from lapa.params.experiment import Experiment


class ProjectContext(KedroContext):
    """Chooses the experiment before the catalog is made, and so before anybody shows its pipelines."""

    @property
    def catalog(self) -> CatalogProtocol[Any, Any]:
        """The catalog of the configuration."""
        choose_experiment(Experiment.of(self.config_loader["parameters"]))
        return super().catalog
