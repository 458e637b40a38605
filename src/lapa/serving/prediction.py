"""``POST /predict``: JSON, or msgpack with numpy arrays, answered in what was asked."""

from __future__ import annotations

import asyncio

import numpy as np
from fastapi import Request, Response
from fastapi.responses import JSONResponse
from numpy.typing import NDArray

from lapa.serving import json_messages, observation_maps
from lapa.serving.body import read_body
from lapa.serving.numpy_messages import pack
from lapa.serving.refusal import RequestError
from lapa.serving.service import Parse, Service

JSON, MSGPACK = "application/json", "application/msgpack"
PARSERS: dict[str, Parse] = {
    JSON: json_messages.read_request,
    MSGPACK: observation_maps.read_request,
}


async def answer(request: Request, service: Service) -> Response:
    """Read, predict, and write ``{"actions": (observation, time, action_dim), "digest": ...}``.

    Raises:
        RequestError: with the status that says why there are no actions.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in PARSERS:
        raise RequestError(
            415, f"found the content type {media_type[:60]!r}, expected {JSON} or {MSGPACK}"
        )
    limits, is_read = service.limits, False
    with service.taken():
        try:
            async with asyncio.timeout(limits.timeout_s):
                body = await read_body(request, limits.max_request_bytes)
                is_read = True
                actions = await service.predict(body, PARSERS[media_type])
        except TimeoutError as error:
            raise too_late(limits.timeout_s, is_read=is_read) from error
    return _response(actions, service.metadata.policy.digest, media_type)


def too_late(timeout_s: float, *, is_read: bool) -> RequestError:
    """What a caller is told whose time is over."""
    if is_read:
        return RequestError(504, f"no answer within {timeout_s:g} s; the server has too much to do")
    return RequestError(408, f"the request was not complete within {timeout_s:g} s")


def _response(actions: NDArray[np.float32], digest: str, media_type: str) -> Response:
    if media_type == MSGPACK:
        return Response(pack({"actions": actions, "digest": digest}), media_type=MSGPACK)
    return JSONResponse({"actions": actions.tolist(), "digest": digest})
