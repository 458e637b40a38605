"""The body of a request, never more of it than is allowed."""

from __future__ import annotations

from fastapi import Request
from starlette.requests import ClientDisconnect

from lapa.serving.refusal import RequestError


async def read_body(request: Request, max_bytes: int) -> bytes:
    """Read the body; a caller that announces too much is refused before a byte is read.

    Raises:
        RequestError: 413; also where more comes than was announced. 400 where the caller goes before the end.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > max_bytes:
        raise _too_large(f"{int(announced)} bytes", max_bytes)
    parts, size = [], 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > max_bytes:
                raise _too_large(f"more than {max_bytes} bytes", max_bytes)
            parts.append(part)
    except ClientDisconnect as error:
        raise RequestError(
            400, f"the body ended after {size} bytes, before it was complete"
        ) from error
    return b"".join(parts)


def _too_large(size: str, max_bytes: int) -> RequestError:
    return RequestError(
        413, f"the body has {size}, expected at most {max_bytes}; send fewer pictures"
    )
