"""What shows that one of our own pages asks: a token for each run, document or board.

A page hands it to its own browser. It is worth nothing after a restart of the server, and a foreign
page cannot come by it.
"""

import hashlib
import hmac
import secrets

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

NO_TOKEN = "Reload the page: its token is not valid."
PRIVATE = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""Headers of answers that concern a person's data."""

_SECRET = secrets.token_bytes(32)


def token(name: str) -> str:
    """Gives the token of what is called that."""
    return hmac.new(_SECRET, name.encode(), hashlib.sha256).hexdigest()


def is_allowed(request: Request, name: str) -> bool:
    """Whether a request holds the token of what is called that."""
    given = request.query_params.get("token", "")
    return hmac.compare_digest(given.encode(), token(name).encode())


def refused() -> Response:
    """The answer to a request without the token."""
    return PlainTextResponse(NO_TOKEN, 403, PRIVATE)
