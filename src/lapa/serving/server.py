"""uvicorn, stopped so that whatever was taken is answered first."""

from __future__ import annotations

import asyncio
import signal
import socket

import uvicorn

from lapa.refused import RefusedError
from lapa.serving.app import build_app
from lapa.serving.punctual import punctual
from lapa.serving.service import Service

KEEP_ALIVE_S = 30
"""How long a connection may stay open between two requests."""


class DrainingServer(uvicorn.Server):
    """A server that answers before it closes; uvicorn alone would close websockets in mid-answer."""

    def __init__(self, service: Service, *, token: str | None) -> None:
        limits = service.limits
        config = uvicorn.Config(
            build_app(service, token=token),
            loop="asyncio",
            http=punctual(limits.timeout_s),
            ws="websockets-sansio",
            ws_max_size=limits.max_request_bytes,
            ws_per_message_deflate=False,
            limit_concurrency=limits.max_connections,
            timeout_keep_alive=KEEP_ALIVE_S,
            proxy_headers=False,
            server_header=False,
            log_config=None,
            log_level="warning",
            access_log=False,
        )
        super().__init__(config)
        self._service = service

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Refuse what comes, wait for what was taken (each has its time limit), then close."""
        self._service.stop_accepting()
        while self._service.unanswered and not self.force_exit:
            await asyncio.sleep(0.01)
        await super().shutdown(sockets)


def bind(host: str, port: int) -> socket.socket:
    """Listen; port 0 takes a free one.

    Raises:
        RefusedError: the address is no address of this machine, or taken.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise RefusedError(
            f"cannot listen on {host}:{port} ({error}); choose another --host or --port"
        ) from error


def run(service: Service, listening: socket.socket, *, token: str | None) -> None:
    """Serve until SIGTERM or SIGINT, and return when everything taken has its answer."""
    end_quietly()
    DrainingServer(service, token=token).run(sockets=[listening])


def end_quietly() -> None:
    """Let SIGTERM and SIGINT end a server and nothing else.

    uvicorn raises the signal once more when it is done; by then it has been obeyed.
    """
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, lambda _signal, _frame: None)
