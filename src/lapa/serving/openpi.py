"""The websocket protocol of openpi's client: metadata first, then an observation in, actions out.

A message is msgpack with numpy arrays (`lapa.serving.numpy_messages`); an answer in text is an error.

Source: openpi-client 0.1.2, ``openpi_client/websocket_client_policy.py``.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from fastapi import WebSocket, WebSocketDisconnect

from lapa.serving.numpy_messages import pack
from lapa.serving.observation_maps import read_message
from lapa.serving.prediction import too_late
from lapa.serving.refusal import RequestError
from lapa.serving.service import Service


async def converse(socket: WebSocket, service: Service) -> None:
    """Talk until the caller goes; a bad message costs an answer in text and not the connection.

    Raises:
        RequestError: 503 before the handshake, too many are connected.
    """
    with service.connected():
        await socket.accept()
        await socket.send_bytes(pack(service.metadata.model_dump(mode="json")))
        try:
            while True:
                await _answer(await socket.receive(), socket, service)
        except WebSocketDisconnect:
            return


async def _answer(message: Any, socket: WebSocket, service: Service) -> None:
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1000))
    began = time.monotonic()
    try:
        with service.taken():
            actions = await _actions(message.get("bytes"), service)
            timing = {"infer_ms": 1000 * (time.monotonic() - began)}
            await socket.send_bytes(pack({"actions": actions, "server_timing": timing}))
    except RequestError as error:
        await socket.send_text(f"{error.status}: {error.sentence}")


async def _actions(data: bytes | None, service: Service) -> Any:
    """The chunk ``float32 (time, action_dim)`` for the observation of a message."""
    if data is None:
        raise RequestError(400, "found text, expected a binary message: msgpack with numpy arrays")
    try:
        async with asyncio.timeout(service.limits.timeout_s):
            return (await service.predict(data, read_message))[0]
    except TimeoutError as error:
        raise too_late(service.limits.timeout_s, is_read=True) from error
