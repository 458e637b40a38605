"""What a study can be refused for before its first run, beside what every run is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager

from pydantic import BaseModel

from lapa.params.arms import Arm
from lapa.params.base import StageParams
from lapa.params.chosen_arms import arms_named
from lapa.params.label_sources import PermutedCodes
from lapa.refused import RefusedError, alternatives

QUANTIZER = "_checkpoint"


def require_quantizers(arms: Iterable[Arm], catalog: Collection[str]) -> None:
    """Refuse arms whose labels come from what nobody makes.

    Args:
        arms: of the study.
        catalog: names of its entries.

    Raises:
        RefusedError: naming arm and quantiser, or the arm whose codes are permuted.
    """
    for arm in arms:
        if arm.quantizer and arm.quantizer not in catalog:
            there = [name for name in catalog if name.endswith(QUANTIZER)]
            raise RefusedError(
                f"arm {arm.name!r} reads quantizer {arm.quantizer!r}, which the catalog does not have"
                f"{alternatives(arm.quantizer, there)}; expected an entry and a node that makes it (docs/extend/arm.md)"
            )
        if isinstance(arm.labels, PermutedCodes):
            _require_arm(arm.labels.codes_of, arm)


def require_given_precision(parameters: Mapping[str, BaseModel]) -> None:
    """Refuse trainings that would each choose their precision: cells are compared, and one machine is not the other.

    Args:
        parameters: typed, by the name of their dataset.

    Raises:
        RefusedError: one line for each stage.
    """
    wrong = [
        f"{name.removeprefix('params:')}.trainer.precision is 'auto', expected 32-true or bf16-mixed: every cell "
        "would decide for itself, and cells of different arithmetic do not compare; run one with `kedro run`, whose "
        "log says what auto takes, and give that"
        for name, params in parameters.items()
        if isinstance(params, StageParams) and params.trainer.precision == "auto"
    ]
    if wrong:
        raise RefusedError("\n".join(wrong))


def _require_arm(name: str, reader: Arm) -> None:
    try:
        arms_named([name])
    except ValueError as error:
        raise RefusedError(f"arm {reader.name!r} permutes codes of another one: {error}") from error


@contextmanager
def saying_where(place: str) -> Iterator[None]:
    """Put the setting and variant, or the cell, before what is refused inside.

    Args:
        place: in words.

    Raises:
        RefusedError: what was refused, each of its lines with the place.
    """
    try:
        yield
    except RefusedError as error:
        lines = str(error).splitlines()
        raise RefusedError("\n".join(f"{place}: {line}" for line in lines)) from error
