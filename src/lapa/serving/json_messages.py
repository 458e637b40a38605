"""Requests as JSON: pictures in base64, as files or as pixels."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lapa.serving.observation import RawObservation
from lapa.serving.refusal import RequestError

MAX_STATE = 10_000
"""Numbers of a state that are read at all; how many a policy wants is checked afterwards."""
MAX_COMMAS = 50_000
"""Of a body. Base64 has none, so these are numbers, fields and texts; each that is wrong is kept as an error of its own."""
Side = Annotated[int, Field(ge=0, lt=1 << 31)]
"""Pixels; larger ones no array can have, even an empty one."""


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class JsonPixels(_Message):
    """A picture that was never compressed."""

    data: str
    """Base64 of ``uint8 (height, width, 3)``, RGB, row by row."""
    shape: tuple[Side, Side, Side]


class JsonObservation(_Message):
    """What the robot sees, is told, and feels."""

    image: str | JsonPixels
    """Base64 of a JPEG or PNG file, or pixels."""
    instruction: str
    state: Annotated[list[float], Field(max_length=MAX_STATE)] | None = None


class JsonRequest(_Message):
    """The body of a request."""

    observations: list[JsonObservation]


def read_request(body: bytes) -> list[RawObservation]:
    """``{"observations": [{"image": ..., "instruction": ..., "state": ...}, ...]}``.

    Raises:
        RequestError: 400 for what is no JSON or has too many parts, 422 for other fields, types or broken base64.
    """
    if body.count(b",") > MAX_COMMAS:
        raise RequestError(
            400, f"the body has more than {MAX_COMMAS} commas; send pictures in base64"
        )
    try:
        request = JsonRequest.model_validate_json(body)
    except ValidationError as error:
        raise refusal_of(error) from error
    return [
        RawObservation(image=_image(each.image), instruction=each.instruction, state=each.state)
        for each in request.observations
    ]


def _image(image: str | JsonPixels) -> Any:
    if isinstance(image, str):
        return _decoded(image)
    data, (height, width, channels) = _decoded(image.data), image.shape
    if len(data) != height * width * channels:
        raise RequestError(
            422, f"image: found {len(data)} bytes, expected {height} x {width} x {channels}"
        )
    return np.frombuffer(data, np.uint8).reshape(image.shape)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise RequestError(422, f"image: no base64 ({error})") from error


def refusal_of(error: ValidationError) -> RequestError:
    """What a caller is told whose message does not fit: 400 for what is no JSON, 422 else."""
    first = error.errors(include_url=False, include_input=False, include_context=False)
    if first[0]["type"] == "json_invalid":
        return RequestError(400, f"the body is no JSON: {first[0]['msg']}")
    texts = [f"{'.'.join(map(str, each['loc'])) or 'body'}: {each['msg']}" for each in first[:3]]
    return RequestError(422, "; ".join(texts)[:500])
