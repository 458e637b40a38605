"""What every simulator's parameters have, and the table of simulators."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, SerializeAsAny

from lapa.params.base import Params
from lapa.params.kinds import Kinds


class SimulatorParams(Params):
    """Base of every simulator's parameters; what else one needs, its own class adds."""

    implementation: ClassVar[str]
    """``module:Class`` of the `lapa.envs.base.Simulator`, which is called with these parameters;
    imported only when episodes are played."""
    kind: str
    """A name in `SIMULATORS`, or ``package.module:Class`` of parameters of your own."""
    image_size: int = Field(default=64, ge=16)
    """Pixels: side of the square image, or height of a wider one."""
    tasks: tuple[str, ...] = Field(min_length=1)
    """Tasks that a reset draws from where none is named."""
    max_steps: int = Field(gt=0)
    """Control steps after which an episode is over."""


SIMULATORS = Kinds(
    "simulator",
    SimulatorParams,
    {
        "tabletop": "lapa.params.envs:TabletopParams",
        "metaworld": "lapa.params.metaworld:MetaWorldParams",
    },
)
AnySimulatorParams = Annotated[SerializeAsAny[SimulatorParams], SIMULATORS]
"""The type of a field that holds the parameters of whatever simulator its ``kind`` names."""
