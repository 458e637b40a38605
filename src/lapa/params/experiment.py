"""What a configuration makes of the graph: which datasets are watched, and whose actions are learnt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from lapa.params.base import Params
from lapa.params.mixture import SIMULATOR, MixtureParams


class Experiment(Params):
    """The datasets of one experiment."""

    watched: tuple[str, ...]
    """Sources of the mixture: quantiser, labels and backbone are made from them."""
    labeled: str | None
    """The robot set that policies are finetuned on; None: the experiment ends with the backbone."""
    simulated: tuple[str, ...]
    """Those of all datasets that are recorded in a simulator."""

    @property
    def datasets(self) -> tuple[str, ...]:
        """All that are ingested, each once."""
        robot = () if self.labeled is None else (self.labeled,)
        return tuple(dict.fromkeys((*self.watched, *robot)))

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> Self:
        """Read it from the sections `datasets`, `mixture` and `finetune` of checked parameters."""
        labeled = parameters["finetune"].get("dataset")
        mixture = MixtureParams.model_validate(parameters["mixture"])
        return cls(
            watched=tuple(source.dataset for source in mixture.sources),
            labeled=None if labeled is None else robot_set(labeled),
            simulated=tuple(
                name
                for name, dataset in parameters["datasets"].items()
                if dataset["kind"] == SIMULATOR
            ),
        )


DEMO = Experiment(watched=("tabletop",), labeled="tabletop", simulated=("tabletop",))
"""The experiment of `conf/base`."""


def robot_set(dataset: str) -> str:
    """The shard set of ``NAME`` or ``NAME/INNER``."""
    return dataset.partition("/")[0]


def inside_robot_set(dataset: str | None) -> str | None:
    """The dataset inside the shard set: ``INNER`` of ``NAME/INNER``; None where none is named."""
    return None if dataset is None else dataset.partition("/")[2] or None
