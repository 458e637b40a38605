"""The endpoints: ``GET /health``, ``GET /metadata``, ``POST /predict`` and a websocket at ``/``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response, WebSocket

from lapa.serving.access import require_token
from lapa.serving.facts import Metadata
from lapa.serving.openpi import converse
from lapa.serving.prediction import answer
from lapa.serving.refusal import RequestError
from lapa.serving.sentences import answer_refusals, sentence
from lapa.serving.service import Service


def build_app(service: Service, *, token: str | None) -> FastAPI:
    """An application that closes ``service`` when it ends.

    Args:
        service: answers.
        token: what callers must send; None lets everybody in. `/health` asks for none.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        service.close()

    app = FastAPI(lifespan=lifespan, openapi_url=None)
    answer_refusals(app, known="GET /health, GET /metadata, POST /predict and a websocket at /")

    @app.get("/health")
    async def health() -> dict[str, str | int]:
        return {"status": "ok", "waiting": service.waiting}

    @app.get("/metadata")
    async def metadata(request: Request) -> Metadata:
        require_token(request.headers.get("authorization"), token)
        return service.metadata

    @app.post("/predict")
    async def predict(request: Request) -> Response:
        require_token(request.headers.get("authorization"), token)
        return await answer(request, service)

    @app.websocket("/")
    async def openpi(socket: WebSocket) -> None:
        try:
            require_token(socket.headers.get("authorization"), token)
            await converse(socket, service)
        except RequestError as error:
            await socket.send_denial_response(sentence(error.status, error.sentence))

    return app
