"""Parameters of the video that is watched: source datasets, and what they are mixed by."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, RootModel, model_validator

from lapa.params.base import Params
from lapa.params.ingestion import IngestionParams, SourceParams
from lapa.records import Balance, ClipFilter

SIMULATOR = "simulator"
"""Kind of the dataset that `record_episodes` recorded."""


class DatasetParams(SourceParams):
    """One source dataset: a shard set of its own, ingested once."""

    path: str = ""
    """File or folder that the adapter opens; a `simulator` has none."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """Values of `ingestion` that are others for this dataset, e.g. its splits or `target_fps`."""

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        if not self.path and self.kind != SIMULATOR:
            raise ValueError(f"kind {self.kind!r} needs a path: the file or folder to read")
        return self

    @property
    def is_recorded(self) -> bool:
        """Whether its episodes are those that `record_episodes` recorded."""
        return self.kind == SIMULATOR

    def ingestion(self, common: IngestionParams) -> IngestionParams:
        """The parameters of ingestion with this dataset's own ones on top.

        Raises:
            ValidationError: one of `settings` is no parameter of ingestion, or not acceptable.
        """
        return IngestionParams.model_validate(_merged(common.model_dump(), self.settings))


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = {**below}
    for name, value in above.items():
        inner = merged.get(name)
        deeper = isinstance(inner, dict) and isinstance(value, dict)
        merged[name] = _merged(dict(inner or {}), value) if deeper else value
    return merged


class DatasetsParams(RootModel[dict[str, DatasetParams]]):
    """Every dataset that an experiment may use, by name; only those that it does are ingested."""


class MixedSourceParams(Params):
    """One source of a mixture."""

    dataset: str
    """Name under `datasets`."""
    weight: float = Field(default=1.0, gt=0)
    """Times its size, as `balance` measures it; shares are normalised."""
    filter: ClipFilter = ClipFilter()
    max_episodes: int | None = Field(default=None, gt=0)
    """Training episodes at most; nested, so 5 are among the 10."""


class MixtureParams(Params):
    """What is watched: sources and how often each is drawn."""

    balance: Balance = "frames"
    """``frames``: the shares are weight x frames, so with equal weights nothing is repeated.
    ``episodes``, ``sqrt``: weight x episodes, weight x root of frames. ``equal``: the weights
    themselves."""
    sources: tuple[MixedSourceParams, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        names = [source.dataset for source in self.sources]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"mixture.sources names {twice} more than once, expected each once")
        return self
