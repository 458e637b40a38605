"""Whose the model and its data are: no file tells, so whoever exports says it."""

from __future__ import annotations

from dataclasses import dataclass

NOT_STATED = "not stated"


@dataclass(frozen=True, kw_only=True)
class Licenses:
    """Names of licences as the Hub knows them, such as ``mit``, ``apache-2.0`` or ``cc-by-4.0``."""

    model: str = NOT_STATED
    data: str = NOT_STATED
