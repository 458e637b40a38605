"""What the page asks for, as JSON."""

from __future__ import annotations

from typing import Annotated, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from lapa.serving.json_messages import refusal_of

MAX_STEPS, MAX_FAN, MAX_CODES = 32, 16, 64
"""Steps of a chain; pictures of a fan; codes of a step."""
MAX_BYTES = 64 << 10
"""Of a request."""


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Place(_Message):
    """A frame that somebody picked."""

    scene: int = Field(ge=0)
    """Number in the list of scenes."""
    frame: int = Field(ge=0)
    """t, in frames of the scene."""


class Step(_Message):
    """One latent action: codes that were dialled, or those of a pair that was recorded."""

    codes: Annotated[list[int], Field(min_length=1, max_length=MAX_CODES)] | None = None
    pair: Place | None = None
    """Whose latent action is taken over, in this scene or another."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.codes is None) == (self.pair is None):
            raise ValueError("expected either `codes` or `pair`")
        return self


class Chain(_Message):
    """A frame, and the latent actions that follow: every drawn frame is the next one's first."""

    start: Place
    steps: Annotated[list[Step], Field(max_length=MAX_STEPS)]


class Fan(_Message):
    """What one dial would draw, value by value, at the end of a chain."""

    chain: Chain
    codes: Annotated[list[int], Field(min_length=1, max_length=MAX_CODES)]
    """Of the other dials."""
    position: int = Field(ge=0)
    """Of the dial."""
    values: Annotated[list[int], Field(min_length=1, max_length=MAX_FAN)]


M = TypeVar("M", bound=_Message)


def read_message(kind: type[M], body: bytes) -> M:
    """Read the body of a request.

    Raises:
        RequestError: 400 for what is no JSON, 422 for other fields or types.
    """
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        raise refusal_of(error) from error
