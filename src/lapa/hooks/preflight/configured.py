"""What can be said of a configuration as soon as it is read: its names and values, before any data."""

from __future__ import annotations

from typing import Any

from kedro.config import AbstractConfigLoader
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from lapa.config import ConfigLoader
from lapa.hooks.preflight.arms import require_possible_arms
from lapa.hooks.preflight.dataset_names import require_known_datasets
from lapa.hooks.preflight.global_names import require_known_globals
from lapa.hooks.preflight.parameter_names import require_known_parameters
from lapa.refused import RefusedError


def loaded(loader: AbstractConfigLoader) -> tuple[dict[str, Any], dict[str, Any]]:
    """Parameters and globals.

    Raises:
        RefusedError: they cannot be read, or name what cannot be resolved.
    """
    try:
        return loader["parameters"], loader["globals"]
    except (OmegaConfBaseException, YAMLError, ValueError) as error:
        raise RefusedError(_first_line(error)) from error


def require_configured(
    loader: AbstractConfigLoader, parameters: dict[str, Any], known_globals: dict[str, Any]
) -> None:
    """Refuse names that nothing reads, values that no section accepts, datasets and arms that cannot be.

    Args:
        loader: of the run.
        parameters: `loaded` from it.
        known_globals: as well.

    Raises:
        RefusedError: one line for each reason.
    """
    require_known_globals(loader, known_globals)
    sections = loader.sections_with_presets if isinstance(loader, ConfigLoader) else ()
    require_known_parameters(
        parameters,
        given=loader.runtime_params or {},
        known_globals=known_globals,
        with_presets=sections,
    )
    require_known_datasets(parameters)
    require_possible_arms(parameters)


def _first_line(error: Exception) -> str:
    """Which value cannot be read, and why; OmegaConf adds lines about itself."""
    reason = (
        str(error).splitlines()[0].removeprefix("ValueError raised while resolving interpolation: ")
    )
    key = getattr(error, "full_key", None)
    return f"{key}: {reason}" if key else f"configuration cannot be read: {reason}"
