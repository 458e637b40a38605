"""The parameter `arms`: which arms an experiment has, known ones by name and others by import path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import RootModel, field_validator

from lapa.params.arms import DEFAULT, KNOWN, Arm
from lapa.params.kinds import import_named
from lapa.refused import alternatives


class ArmsParams(RootModel[tuple[str, ...]]):
    """Arms in the order of the report; the first is compared with each of the others.

    A list, or for the command line, which has none, one text with plus signs: ``--params=arms=lapa+scratch``.
    """

    root: tuple[str, ...] = DEFAULT

    @field_validator("root", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return [name.strip() for name in value.split("+")] if isinstance(value, str) else value

    @field_validator("root")
    @classmethod
    def _different_arms(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if not names:
            known = ", ".join(arm.name for arm in KNOWN)
            raise ValueError(f"no arm is chosen, expected at least one of {known}")
        chosen = [arm.name for arm in arms_named(names)]
        if twice := sorted({name for name in chosen if chosen.count(name) > 1}):
            raise ValueError(f"{', '.join(twice)} chosen more than once, expected each once")
        return names


def arms_named(names: Sequence[str]) -> tuple[Arm, ...]:
    """The arms of these names.

    Raises:
        ValueError: there is no such arm, or an import path leads to something else than one.
    """
    return tuple(map(_arm_named, names))


def _arm_named(name: str) -> Arm:
    if ":" in name:
        imported = import_named(name)
        if not isinstance(imported, Arm):
            raise ValueError(f"arm {name!r} is {imported!r}, expected a lapa.params.arms.Arm")
        return imported
    known = {arm.name: arm for arm in KNOWN}
    if name not in known:
        raise ValueError(
            f"no arm {name!r}{alternatives(name, known)}; or package.module:ARM of your own"
        )
    return known[name]
