"""Kedro's configuration loader with presets, environment variables, and globals by `--params`."""

from __future__ import annotations

import os
from copy import deepcopy
from pathlib import Path
from typing import Any

from kedro.config import OmegaConfigLoader
from omegaconf import DictConfig, OmegaConf
from yaml import YAMLError

from lapa.config.kinds import drop_other_kinds
from lapa.config.presets import GLOBALS, Chosen, Presets
from lapa.config.recordings import shared_recordings
from lapa.params.reuse import REUSE, parts_of, run_as_text

RUN = "run"
"""Global that names the run: MLflow takes text alone, and names of digits come as numbers."""
Layers = dict[Path, DictConfig]
"""Files as written, lowest first."""


def env(name: str, default: str | None = None) -> str:
    """Value of an environment variable, for `${env:NAME,default}` in configuration.

    Raises:
        ValueError: the variable is unset and there is no default.
    """
    value = os.environ.get(name, default)
    if value is None:
        raise ValueError(f"environment variable {name} is unset; set it or use another --env")
    return value


def place(name: str) -> str:
    """Folder that an environment variable names, for `${place:NAME}/…` in configuration.

    Unset, it is ``$NAME``: only a run that opens the folder needs it, and is refused then.
    """
    return os.environ.get(name) or f"${name}"


CONFIG_LOADER_ARGS: dict[str, Any] = {
    "base_env": "base",
    "default_run_env": "local",
    # An environment changes single values; without this it would wipe their siblings.
    "merge_strategy": {"parameters": "soft", "mlflow": "soft", "globals": "soft"},
    "custom_resolvers": {"env": env, "place": place},
}


class ConfigLoader(OmegaConfigLoader):
    """Kedro's loader; presets lie between `base` and the environment, and `--params` sets globals too.

    Kedro itself adds `--params=horizon_s=0.2` to the parameters, where nobody reads it, and leaves the
    global as it is.
    """

    def __init__(
        self,
        conf_source: str | Path,
        env: str | None = None,
        runtime_params: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        """Load the globals.

        Args:
            conf_source: the folder that holds `base`.
            env: environment, a folder beside it.
            runtime_params: values of `--params`, names of presets among them.
            kwargs: of Kedro's loader.

        Raises:
            RefusedError: a preset that was named is not there.
        """
        given = deepcopy(runtime_params or {})
        if RUN in given:
            given[RUN] = run_as_text(given[RUN])
        if REUSE in given:
            given[REUSE] = parts_of(given[REUSE])
        self._presets = Presets(conf_source)
        self._given_presets = self._presets.take_chosen(given)
        super().__init__(conf_source, env, given, **kwargs)
        known = self._globals  # empty where the environment has no folder, which the run refuses
        if chosen := {name: given[name] for name in known if name in given}:
            self["globals"] = {**known, **chosen}

    @property
    def sections_with_presets(self) -> tuple[str, ...]:
        """Sections that take `preset: NAME`."""
        return self._presets.sections

    def _read_raw_config(self, key: str) -> tuple[Layers, Layers, str, str, set[Path]]:
        """Files of `base` and of the environment, as Kedro reads them; presets go on top of `base`."""
        base, env, base_path, env_path, read = super()._read_raw_config(key)
        if key == "parameters":
            base, env = self._with_presets(base, env)
        elif key == "globals":
            base |= self._globals_of_presets()
        return base, env, base_path, env_path, read

    def _with_presets(self, base: Layers, env: Layers) -> tuple[Layers, Layers]:
        chosen = {**self._take_chosen(base), **self._take_chosen(env), **self._given_presets}
        presets = dict(self._presets.layers(chosen))
        for fragment in presets.values():
            fragment.pop(GLOBALS, None)
        below = self._sized(base, chosen) | self._sized(presets, chosen)
        above = self._sized(env, chosen)
        given = OmegaConf.create(self.runtime_params or {})
        layers = [*below.values(), *above.values(), given]
        shared = list(shared_recordings(layers))
        drop_other_kinds([*shared, *layers])
        return {Path(str(i)): layer for i, layer in enumerate(shared)} | below, above

    def _globals_of_presets(self) -> Layers:
        try:
            base, env, *_ = super()._read_raw_config("parameters")
        except (YAMLError, ValueError):  # whoever reads the parameters is told
            return {}
        chosen = {**self._take_chosen(base), **self._take_chosen(env), **self._given_presets}
        layers = self._presets.layers(chosen)
        return {path: layer[GLOBALS] for path, layer in layers if GLOBALS in layer}

    def _take_chosen(self, files: Layers) -> Chosen:
        return {k: v for file in files.values() for k, v in self._presets.take_chosen(file).items()}

    def _sized(self, files: Layers, chosen: Chosen) -> Layers:
        """The files, each followed by what it says for the presets that were chosen."""
        layers: Layers = {}
        for path, file in files.items():
            sized = list(self._presets.take_sized(file, chosen))
            layers |= {path: file, **{path / str(i): part for i, part in enumerate(sized)}}
        return layers
