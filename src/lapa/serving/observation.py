"""An observation as it arrives and as the policy sees it, and everything that is checked between the two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lapa.data.bad_input import BadInputError
from lapa.data.media.jpeg import check_size, decode_image
from lapa.data.shards.images import as_stored
from lapa.records import FrameCodec
from lapa.serving.limits import Limits
from lapa.serving.refusal import RequestError


@dataclass(frozen=True, kw_only=True)
class RawObservation:
    """What a message says, not yet checked."""

    image: Any
    """Bytes of a JPEG or PNG, or pixels ``uint8 (height, width, 3)``."""
    instruction: Any
    state: Any = None


@dataclass(frozen=True, kw_only=True)
class Observation:
    """What the policy is shown."""

    picture: NDArray[np.uint8]
    """``uint8 (image_size, image_size, 3)``, RGB, as a shard would give it back."""
    instruction: str
    state: NDArray[np.float32] | None
    """``float32 (state_dim,)``; None where the policy reads none."""


@dataclass(frozen=True, kw_only=True)
class ObservationReader:
    """Checks observations and makes their pictures what the policy was trained on."""

    codec: FrameCodec
    state_names: tuple[str, ...] | None
    """Columns of the state; None where the policy reads none."""
    limits: Limits

    def read(self, raw: RawObservation) -> Observation:
        """Check one observation; every picture goes the way of ingestion, as in closed-loop evaluation.

        Raises:
            RequestError: 422 for what is missing or of the wrong type or shape, 413 for what is too large.
        """
        return Observation(
            picture=as_stored(self._pixels(raw.image), self.codec),
            instruction=self._instruction(raw.instruction),
            state=self._state(raw.state),
        )

    def _pixels(self, image: Any) -> NDArray[np.uint8]:
        try:
            if isinstance(image, bytes):
                return decode_image(image, max_pixels=self.limits.max_pixels)
            pixels = _as_pixels(image)
            check_size(*pixels.shape[:2], max_pixels=self.limits.max_pixels)
        except BadInputError as error:
            status = 413 if error.record.reason == "absurd_dimensions" else 422
            raise RequestError(status, f"image: {error.record.detail}") from error
        return pixels

    def _instruction(self, instruction: Any) -> str:
        if not isinstance(instruction, str):
            raise RequestError(
                422,
                f"instruction: found {_kind_of(instruction)}, expected a text, which may be empty",
            )
        if len(instruction) > self.limits.max_instruction:
            raise RequestError(
                413,
                f"instruction: found {len(instruction)} characters, expected at most "
                f"{self.limits.max_instruction}",
            )
        return instruction

    def _state(self, state: Any) -> NDArray[np.float32] | None:
        if self.state_names is None:
            return None
        expected = f"{len(self.state_names)} finite numbers ({', '.join(self.state_names)})"
        if state is None:
            raise RequestError(
                422, f"state: missing, and this policy reads it; expected {expected}"
            )
        columns = np.asarray(state) if isinstance(state, np.ndarray) else _numbers(state)
        if columns is None or columns.dtype.kind not in "iuf":
            raise RequestError(422, f"state: found {_kind_of(state)}, expected {expected}")
        if columns.shape != (len(self.state_names),):
            raise RequestError(422, f"state: found the shape {columns.shape}, expected {expected}")
        with np.errstate(over="ignore"):
            narrow = columns.astype(np.float32)
        if not np.isfinite(narrow).all():
            raise RequestError(
                422, f"state: found numbers that are not finite in float32, expected {expected}"
            )
        return narrow


def _as_pixels(image: Any) -> NDArray[np.uint8]:
    expected = "expected the bytes of a JPEG or PNG, or uint8 (height, width, 3), RGB"
    if not isinstance(image, np.ndarray):
        raise RequestError(422, f"image: found {_kind_of(image)}, {expected}")
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[-1] != 3:
        raise RequestError(422, f"image: found {image.dtype} {image.shape}, {expected}")
    return image


def _numbers(state: Any) -> NDArray[Any] | None:
    """A list of numbers as an array; None for anything else."""
    if not isinstance(state, list | tuple):
        return None
    if any(isinstance(value, bool) or not isinstance(value, int | float) for value in state):
        return None
    return np.array([float(value) if abs(value) < 1e300 else np.inf for value in state])


def _kind_of(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.dtype} {value.shape}"
    return "nothing" if value is None else type(value).__name__
