"""How configuration is found, combined and loaded."""

from lapa.config.environments import require_environment
from lapa.config.loader import CONFIG_LOADER_ARGS, ConfigLoader

__all__ = ["CONFIG_LOADER_ARGS", "ConfigLoader", "require_environment"]
