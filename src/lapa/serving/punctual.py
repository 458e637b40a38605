"""Connections that must say in time what they want: uvicorn alone waits for ever for the rest of a head."""

from __future__ import annotations

import asyncio
import json

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD = "HTTP/1.1 408 Request Timeout\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n"


class PunctualProtocol(H11Protocol):
    """One connection; it is answered with 408 and closed where the head of a request is late.

    Time counts from the connection, and on a kept one from the first byte of the next request; bytes that
    trickle in do not start it anew. The body has the time limit of whoever reads it.
    """

    head_s = 30.0
    """Seconds."""
    _due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock."""
        super().connection_made(transport)
        self._due = self.loop.call_later(self.head_s, self._late)

    def data_received(self, data: bytes) -> None:
        """Stop the clock where a head is complete, and start it where the first bytes of one are here."""
        super().data_received(data)
        is_asked = self.cycle is not None and not self.cycle.response_complete
        is_websocket = self.transport.get_protocol() is not self
        if is_asked or is_websocket:
            self._on_time()
        elif self._due is None:
            self._due = self.loop.call_later(self.head_s, self._late)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._on_time()
        super().connection_lost(exc)

    def _on_time(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _late(self) -> None:
        if not self.transport.is_closing():
            said = {"error": f"the head of the request was not complete within {self.head_s:g} s"}
            body = json.dumps(said)
            self.transport.write((HEAD.format(len(body)) + body).encode())
            self.transport.close()


def punctual(head_s: float) -> type[PunctualProtocol]:
    """The class of connections whose heads may take ``head_s`` seconds."""
    return type("Punctual", (PunctualProtocol,), {"head_s": head_s})
