"""Observations as maps with numpy arrays: the body of an msgpack request, and openpi's messages."""

from __future__ import annotations

from typing import Any

from lapa.serving.numpy_messages import unpack
from lapa.serving.observation import RawObservation
from lapa.serving.refusal import RequestError

NAMES = {
    "image": ("image", "observation/image"),
    "instruction": ("instruction", "prompt"),
    "state": ("state", "observation/state"),
}
"""Field of an observation -> the keys that it may have, ours first and openpi's second."""


def read_request(body: bytes) -> list[RawObservation]:
    """``{"observations": [{...}, ...]}`` as msgpack.

    Raises:
        RequestError: 400 or 422.
    """
    message = unpack(body)
    observations = message.get("observations") if isinstance(message, dict) else None
    if not isinstance(observations, list) or set(message) != {"observations"}:
        raise RequestError(422, "expected a map with the one key 'observations', a list of maps")
    return [_observation(each) for each in observations]


def read_message(data: bytes) -> list[RawObservation]:
    """One observation, as openpi's client sends it.

    Raises:
        RequestError: 400 or 422.
    """
    return [_observation(unpack(data))]


def _observation(message: Any) -> RawObservation:
    if not isinstance(message, dict):
        raise RequestError(
            422, f"observation: found {type(message).__name__}, expected a map of {_known()}"
        )
    given = {field: [key for key in keys if key in message] for field, keys in NAMES.items()}
    unknown = set(message) - {key for keys in NAMES.values() for key in keys}
    if unknown:
        shown = ", ".join(sorted(str(key)[:40] for key in unknown)[:5])
        raise RequestError(422, f"observation: unknown {shown}; expected {_known()}")
    for field, keys in given.items():
        if len(keys) > 1:
            raise RequestError(422, f"observation: {' and '.join(keys)} are the same; send one")
        if not keys and field != "state":
            raise RequestError(422, f"{field}: missing; expected {_known()}")
    return RawObservation(**{field: message[keys[0]] for field, keys in given.items() if keys})


def _known() -> str:
    return ", ".join(" or ".join(map(repr, keys)) for keys in NAMES.values())
