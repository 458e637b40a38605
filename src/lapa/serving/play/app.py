"""The endpoints: the page, and the questions it asks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from fastapi import FastAPI, Request, Response
from starlette.middleware.trustedhost import TrustedHostMiddleware

from lapa.serving.access import require_token
from lapa.serving.body import read_body
from lapa.serving.play.messages import MAX_BYTES, Chain, Fan, Place, read_message
from lapa.serving.play.table import Answer, Table
from lapa.serving.prediction import too_late
from lapa.serving.refusal import RequestError
from lapa.serving.sentences import answer_refusals

FILES = {"/": "page.html", "/page.css": "page.css", "/page.js": "page.js"}
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
HOSTS = ["127.0.0.1", "localhost"]
"""A page from elsewhere whose name was pointed at this machine is refused by its ``Host``."""
PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; img-src data:; frame-ancestors 'none'",
}
MAX_WAITING, TIMEOUT_S = 16, 30.0
"""Questions that wait, and how long one may; beyond it 503 and 504."""
A = TypeVar("A")


class Turns:
    """One question after the other, in a thread of its own."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="lapa-play")
        self._waiting = 0

    async def take(self, answer: Callable[[], A]) -> A:
        """Answer when it is this one's turn.

        Raises:
            RequestError: 503 where too many wait, 504 where it takes too long.
        """
        if self._waiting >= MAX_WAITING:
            raise RequestError(503, f"{self._waiting} questions wait; try again")
        self._waiting += 1
        try:
            async with asyncio.timeout(TIMEOUT_S):
                return await asyncio.get_running_loop().run_in_executor(self._thread, answer)
        except TimeoutError as error:
            raise RequestError(504, f"no answer within {TIMEOUT_S:g} s") from error
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown()


def build_play_app(table: Table, *, token: str | None) -> FastAPI:
    """An application for one player.

    Args:
        table: answers.
        token: what callers must send; None lets everybody in. The page itself needs none: it holds no data.
    """
    turns = Turns()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        turns.close()

    app = FastAPI(lifespan=lifespan, openapi_url=None)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=HOSTS)
    answer_refusals(app, known="GET /, GET /about, POST /pair, POST /chain and POST /fan")
    for path, name in FILES.items():
        app.add_api_route(path, _file(name), methods=["GET"])

    async def body_of(request: Request) -> bytes:
        require_token(request.headers.get("authorization"), token)
        try:
            async with asyncio.timeout(TIMEOUT_S):
                return await read_body(request, MAX_BYTES)
        except TimeoutError as error:
            raise too_late(TIMEOUT_S, is_read=False) from error

    @app.get("/about")
    async def about(request: Request) -> Answer:
        require_token(request.headers.get("authorization"), token)
        return table.about

    @app.post("/pair")
    async def pair(request: Request) -> Answer:
        place = read_message(Place, await body_of(request))
        return await turns.take(lambda: table.pair(place))

    @app.post("/chain")
    async def chain(request: Request) -> Answer:
        asked = read_message(Chain, await body_of(request))
        return await turns.take(lambda: table.chain(asked))

    @app.post("/fan")
    async def fan(request: Request) -> Answer:
        asked = read_message(Fan, await body_of(request))
        return await turns.take(lambda: table.fan(asked))

    return app


def _file(name: str) -> Callable[[], Response]:
    """An endpoint that sends a file of this package."""
    path = Path(__file__).with_name(name)
    content = path.read_bytes()

    def send() -> Response:
        return Response(content, media_type=TYPES[path.suffix], headers=PAGE_HEADERS)

    return send
