"""Who may ask."""

from __future__ import annotations

import hmac

from lapa.serving.refusal import RequestError

SCHEMES = ("bearer", "api-key")
"""Of the header ``Authorization``; the second is that of openpi's client."""


def require_token(header: str | None, token: str | None) -> None:
    """Compare in a time that does not depend on how much of the token is right.

    Args:
        header: value of ``Authorization``.
        token: what it must carry; None lets everybody in.

    Raises:
        RequestError: 401.
    """
    if token is None:
        return
    scheme, _, given = (header or "").partition(" ")
    same = hmac.compare_digest(given.strip().encode(), token.encode())
    if scheme.lower() not in SCHEMES or not same:
        sent = "no token" if header is None else "a wrong one"
        raise RequestError(401, f"found {sent}, expected the header Authorization: Bearer TOKEN")
