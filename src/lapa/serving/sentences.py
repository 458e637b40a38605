"""Refusals as answers: a status and one sentence, in the same words for everything."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from lapa.serving.refusal import RequestError

RETRY = {"Retry-After": "1"}
HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 503: RETRY}


def answer_refusals(app: FastAPI, *, known: str) -> None:
    """Let an application answer `RequestError`, and paths and methods that do not exist.

    Args:
        app: to be told.
        known: the paths there are, in words.
    """

    async def refused(_request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestError)  # noqa: S101 - registered for this class alone
        return sentence(error.status, error.sentence)

    async def no_such(_request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class alone
        return sentence(error.status_code, f"{error.detail}; there are {known}")

    app.add_exception_handler(RequestError, refused)
    app.add_exception_handler(HTTPException, no_such)


def sentence(status: int, text: str) -> JSONResponse:
    """The answer."""
    return JSONResponse({"error": text}, status_code=status, headers=HEADERS.get(status))
