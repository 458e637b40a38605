"""Parameters of the video that is watched: source datasets, and what they are mixed by."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, RootModel, model_validator

from lapa.params.base import Params
from lapa.params.envs import RecordParams
from lapa.params.ingestion import IngestionParams, SourceParams
from lapa.records import Balance, ClipFilter

SIMULATOR = "simulator"
"""Kind of a dataset that is recorded in a simulator, by its own node `NAME.record_episodes`."""
SHARDS = "shards"
"""Kind of a dataset that is a shard set already, at a URL: it is read from there and not made."""


class PublishedSize(Params):
    """What the publisher says of a dataset: `lapa plan` counts with it until the shards are there."""

    episodes: int = Field(gt=0)
    frames: int = Field(gt=0)
    """Of all episodes."""
    fps: float = Field(gt=0)
    """Control rate, Hz."""


class DatasetParams(SourceParams):
    """One source dataset: a shard set of its own, ingested once."""

    path: str = ""
    """File or folder that the adapter opens, or its URL (`https://`, `s3://`, `gs://`); a `simulator` has none."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """Values of `ingestion` that are others for this dataset, e.g. its splits or `target_fps`."""
    recording: RecordParams | None = Field(default=None, exclude=True)
    """What a `simulator` records. Files say only what differs from the section `recording`, which the
    configuration loader lays below. Left out wherever these parameters are recorded: the digest of the raw
    episodes stands for it."""
    published: PublishedSize | None = Field(default=None, exclude=True)
    """Left out wherever these parameters are recorded: it decides nothing."""

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        if not self.path and self.kind != SIMULATOR:
            raise ValueError(f"kind {self.kind!r} needs a path: the file or folder to read")
        return self

    @model_validator(mode="after")
    def _is_simulated_to_be_recorded(self) -> Self:
        if self.recording is not None and self.kind != SIMULATOR:
            raise ValueError(
                f"kind {self.kind!r} is read and not recorded, expected no `recording`, or kind: {SIMULATOR}"
            )
        return self

    @model_validator(mode="after")
    def _linked_as_it_is(self) -> Self:
        if self.kind != SHARDS:
            return self
        if not self.is_remote:
            raise ValueError(
                f"kind {SHARDS!r} reads a shard set at a URL, found path {self.path!r}; for one on a disk set "
                "globals.store, or --params=reuse.data=RUN"
            )
        set_here = self.model_fields_set - {"kind", "path", "published"}
        if changed := sorted(set_here - {n for n in set_here if not getattr(self, n)}):
            raise ValueError(
                f"kind {SHARDS!r} takes a shard set as it is, found {changed}; filter it under mixture.sources"
            )
        return self

    @property
    def is_recorded(self) -> bool:
        """Whether its episodes are recorded in a simulator before they are read."""
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
    weight: float = Field(default=1.0, ge=1e-9, le=1e9)
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
    only: tuple[str, ...] = ()
    """Names of the sources that are mixed, the others are dropped; empty mixes all. One text with plus signs for
    the command line, which has no lists: ``--params=mixture.only=bridge+viola``."""

    @model_validator(mode="before")
    @classmethod
    def _narrow(cls, values: Any) -> Any:
        if not (isinstance(values, dict) and values.get("only")):
            return values
        only, sources = values["only"], values.get("sources", ())
        if isinstance(only, str):
            only = [name.strip() for name in only.split("+")]
        if not (isinstance(only, list | tuple) and isinstance(sources, list | tuple)):
            return values  # the fields say what they expect
        only = list(dict.fromkeys(only))
        named = {_name_of(source): source for source in sources}
        if unknown := [name for name in only if name not in named]:
            raise ValueError(
                f"mixture.only names {unknown}, expected some of mixture.sources: {list(named)}"
            )
        return {**values, "only": only, "sources": [named[name] for name in only]}

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        names = [source.dataset for source in self.sources]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"mixture.sources names {twice} more than once, expected each once")
        return self


def _name_of(source: Any) -> Any:
    return source.get("dataset") if isinstance(source, dict) else getattr(source, "dataset", None)
