"""Presets: named fragments of parameters, a file each, that lie between `conf/base` and the environment.

`conf/presets/SECTION/NAME.yml` is chosen by `SECTION.preset: NAME`, `conf/presets/data/NAME.yml` by `data: NAME`
and `conf/presets/cluster/NAME.yml` by `cluster: NAME`, in a parameter file or by `--params`. Sizes lie lowest, then
the data, then the cluster. A preset is written as any parameter file, and may

- set `globals:` that all files share;
- name another preset of its section, on which it is laid: one whose name begins with `_` is for that alone;
- as data, a cluster or an environment may, say under `by_preset: {SECTION: {NAME: …}}` what holds for that size
  alone: batch and nodes of a large model on this cluster, a shorter training of the small one on this data.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from lapa.refused import RefusedError, alternatives

PRESETS = "presets"
"""The folder beside the environments."""
DATA, CLUSTER = "data", "cluster"
WHOLE = (DATA, CLUSTER)
"""Kinds of presets that are no section of the parameters, lowest first: they speak for all of them."""
FRAGMENT = "_"
"""Begins the names of presets that are no whole: only another preset can name them."""
PRESET, BY_PRESET, GLOBALS = "preset", "by_preset", "globals"

Chosen = dict[str, str]
"""Section (or one of `WHOLE`) -> the name of its preset."""


class Presets:
    """The folder of presets of one configuration."""

    def __init__(self, conf_source: str | Path) -> None:
        """Look what there is.

        Args:
            conf_source: the folder that holds `base`; without presets nothing can be chosen.
        """
        self._root = Path(conf_source) / PRESETS
        folders = sorted(self._root.iterdir()) if self._root.is_dir() else []
        self._names = {
            folder.name: tuple(sorted(path.stem for path in folder.glob("*.yml")))
            for folder in folders
            if folder.is_dir()
        }

    @property
    def sections(self) -> tuple[str, ...]:
        """Sections of the parameters that have presets."""
        return tuple(name for name in self._names if name not in WHOLE)

    def take_chosen(self, parameters: Any) -> Chosen:
        """Take the names of presets out of parameters, which keep only what sections know.

        Args:
            parameters: mapping of sections (changed in place); null chooses none.
        """
        chosen: Chosen = {}
        for section in self._names:
            if section in WHOLE:
                holder, key = parameters, section
            else:
                holder, key = parameters.get(section), PRESET
            if isinstance(holder, MutableMapping | DictConfig) and key in holder:
                chosen[section] = holder.pop(key)
        return chosen

    def layers(self, chosen: Chosen) -> Iterator[tuple[Path, DictConfig]]:
        """Fragments of what was chosen, lowest first: sizes, then data, then the cluster.

        Raises:
            RefusedError: there is no such preset, or its file is none.
        """
        for section in sorted(
            chosen, key=lambda name: WHOLE.index(name) + 1 if name in WHOLE else 0
        ):
            yield from self._layers(section, chosen[section])

    def take_sized(self, parameters: DictConfig, chosen: Chosen) -> Iterator[DictConfig]:
        """Take `by_preset` out of a layer; yield the parts of it that hold for what was chosen.

        Raises:
            RefusedError: it speaks of a preset that is not there.
        """
        for section, cases in (parameters.pop(BY_PRESET, None) or {}).items():
            if section not in self._names:
                raise RefusedError(
                    f"{BY_PRESET} names {section!r}, which has no presets"
                    f"{alternatives(section, self._names)}"
                )
            for name, fragment in cases.items():
                self._require(section, name, where=f"{BY_PRESET}.{section} names")
                if chosen.get(section) == name:
                    yield OmegaConf.create({section: fragment})

    def _layers(
        self, section: str, name: str | None, *, below_another: bool = False
    ) -> Iterator[tuple[Path, DictConfig]]:
        if name is None:
            return
        option = section if section in WHOLE else f"{section}.{PRESET}"
        self._require(section, name, where=f"{option} is", fragments=below_another)
        path = self._root / section / f"{name}.yml"
        fragment = OmegaConf.load(path)
        if not isinstance(fragment, DictConfig):
            raise RefusedError(f"{path} holds a list, expected sections with their parameters")
        yield from self._layers(
            section, self.take_chosen(fragment).get(section), below_another=True
        )
        yield path, fragment

    def _require(self, section: str, name: Any, *, where: str, fragments: bool = False) -> None:
        known = [
            preset
            for preset in self._names[section]
            if fragments or not preset.startswith(FRAGMENT)
        ]
        if name not in known:
            raise RefusedError(
                f"{where} {name!r}, and {self._root / section / f'{name}.yml'} does not exist"
                f"{alternatives(str(name), known)}"
            )
