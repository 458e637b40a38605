"""What each simulated dataset records: the section `recording`, with the dataset's own `recording` on top."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from typing import Any

from omegaconf import DictConfig, OmegaConf

from lapa.params.mixture import SIMULATOR

RECORDING, DATASETS = "recording", "datasets"


def shared_recordings(layers: Sequence[DictConfig]) -> Iterator[DictConfig]:
    """The section `recording` of every layer, said of every simulated dataset.

    Laid below all layers, what a layer says of ``datasets.NAME.recording`` wins over them, single values of it.

    Args:
        layers: lowest first; they are not changed.
    """
    simulated = [name for name, kind in _kinds(layers).items() if kind == SIMULATOR]
    if not simulated:
        return
    for layer in layers:
        if isinstance(section := _inside(layer, RECORDING), DictConfig):
            yield OmegaConf.create(
                {DATASETS: {name: {RECORDING: deepcopy(section)} for name in simulated}}
            )


def _kinds(layers: Iterable[DictConfig]) -> dict[str, Any]:
    """Kind of each dataset: what the highest layer says that names one."""
    kinds = {}
    for layer in layers:
        datasets = _inside(layer, DATASETS)
        for name in datasets if isinstance(datasets, DictConfig) else ():
            dataset = _inside(datasets, name)
            if isinstance(dataset, DictConfig) and isinstance(
                kind := _inside(dataset, "kind"), str
            ):
                kinds[str(name)] = kind
    return kinds


def _inside(mapping: DictConfig, name: Any) -> Any:
    """The value as written: what it reads of another file is not looked up."""
    return dict(mapping.items_ex(resolve=False)).get(name)
