"""The endpoints: ``GET /health``, ``GET /metadata``, ``POST /predict`` and a websocket at ``/``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response, WebSocket
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from lapa.serving.access import require_token
from lapa.serving.facts import Metadata
from lapa.serving.openpi import converse
from lapa.serving.prediction import answer
from lapa.serving.refusal import RequestError
from lapa.serving.service import Service

RETRY = {"Retry-After": "1"}
HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 503: RETRY}


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
    app.add_exception_handler(RequestError, _refused)
    app.add_exception_handler(HTTPException, _no_such)

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
            await socket.send_denial_response(_sentence(error.status, error.sentence))

    return app


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestError)  # noqa: S101 - registered for this class alone
    return _sentence(error.status, error.sentence)


async def _no_such(_request: Request, error: Exception) -> Response:
    """Paths and methods that do not exist: in the same words as everything else."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class alone
    known = "GET /health, GET /metadata, POST /predict and a websocket at /"
    return _sentence(error.status_code, f"{error.detail}; there are {known}")


def _sentence(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"error": sentence}, status_code=status, headers=HEADERS.get(status))
