"""What a configuration makes of the graph: which datasets are watched, whose actions are learnt, which arms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from lapa.params.arms import DEFAULT, Arm
from lapa.params.array_part import PART, ArrayPart
from lapa.params.base import Params
from lapa.params.chosen_arms import ArmsParams, arms_named
from lapa.params.mixture import SHARDS, SIMULATOR, MixtureParams
from lapa.params.remote import is_url


class Experiment(Params):
    """The datasets and arms of one experiment."""

    watched: tuple[str, ...]
    """Sources of the mixture: quantiser, labels and backbone are made from them."""
    labeled: str | None
    """The robot set that policies are finetuned on; None: the experiment ends with the backbone."""
    simulated: tuple[str, ...]
    """Those of all datasets that are recorded in a simulator."""
    remote: tuple[str, ...] = ()
    """Those of all datasets that are read by URL."""
    linked: tuple[str, ...] = ()
    """Those of them that are shard sets already and are read as they are."""
    arms: tuple[str, ...] = DEFAULT
    """Names (or import paths) of what is compared, in the order of the report."""
    part: ArrayPart | None = None
    """The share of ingestion or labelling that this run makes, or the merge of all; None: everything, by itself."""

    @property
    def makes_part(self) -> bool:
        """Whether this run makes one part of what others make the rest of."""
        return self.part is not None and not self.part.merges

    @property
    def merges_parts(self) -> bool:
        """Whether this run joins parts that are there."""
        return self.part is not None and self.part.merges

    @property
    def chosen_arms(self) -> tuple[Arm, ...]:
        """The arms of these names."""
        return arms_named(self.arms)

    @property
    def datasets(self) -> tuple[str, ...]:
        """All that are ingested, each once."""
        robot = () if self.labeled is None else (self.labeled,)
        return tuple(dict.fromkeys((*self.watched, *robot)))

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> Self:
        """Read it from `arms`, `part` and the sections `datasets`, `mixture` and `finetune` of checked parameters."""
        labeled = parameters["finetune"].get("dataset")
        mixture = MixtureParams.model_validate(parameters["mixture"])
        part = parameters.get(PART)
        return cls(
            watched=tuple(source.dataset for source in mixture.sources),
            labeled=None if labeled is None else robot_set(labeled),
            simulated=tuple(
                name
                for name, dataset in parameters["datasets"].items()
                if dataset["kind"] == SIMULATOR
            ),
            remote=tuple(
                name
                for name, dataset in parameters["datasets"].items()
                if is_url(dataset.get("path") or "")
            ),
            linked=tuple(
                name
                for name, dataset in parameters["datasets"].items()
                if dataset["kind"] == SHARDS
            ),
            arms=ArmsParams.model_validate(parameters.get("arms", DEFAULT)).root,
            part=None if part is None else ArrayPart.of_text(part),
        )


DEMO = Experiment(watched=("tabletop",), labeled="tabletop", simulated=("tabletop",))
"""The experiment of `conf/base`."""


def robot_set(dataset: str) -> str:
    """The shard set of ``NAME`` or ``NAME/INNER``."""
    return dataset.partition("/")[0]


def inside_robot_set(dataset: str | None) -> str | None:
    """The dataset inside the shard set: ``INNER`` of ``NAME/INNER``; None where none is named."""
    return None if dataset is None else dataset.partition("/")[2] or None
