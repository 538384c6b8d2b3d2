"""The application as ASGI 3: what the server runs, and what tests call in process.

ASGI and not RSGI, although that costs a few microseconds more: granian gives the path as it came only here.
"""

import asyncio
import contextlib
import logging

from chappe.http.answer import Answer, Streamed, refusal
from chappe.http.application import Application, busy
from chappe.http.limits import SEND_SECONDS
from chappe.http.request import Receive, Request, Scope, Send

logger = logging.getLogger(__name__)


class ASGIFace:
    """Reads ASGI messages into a request and sends its answer."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request, or the life of the process as test clients announce it."""
        if scope["type"] != "http":
            await _live(scope, receive, send)
            return
        application = self._application
        request = application.request(scope, receive)
        task = asyncio.current_task()
        assert task is not None
        application.in_flight.add(task)
        try:
            try:
                answer = await application.respond(request)
            except asyncio.CancelledError:
                if not application.stopping.is_set():
                    raise
                answer = refusal(busy())  # The process ends. Whoever still waits hears that it should come again.
            if isinstance(answer, Streamed) and request.method != "HEAD":
                await _send_pieces(answer, request, scope, send)
            else:
                await _send(answer, request.method, send)
        finally:
            application.in_flight.discard(task)
            request.finish()


async def _send(answer: Answer, method: str, send: Send) -> None:
    headers = answer.wire_headers()
    body = answer.body
    if method == "HEAD":
        length = answer.length if isinstance(answer, Streamed) else len(body)
        headers = [*headers, (b"content-length", str(length).encode())]
        body = b""
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _send_pieces(answer: Streamed, request: Request, scope: Scope, send: Send) -> None:
    """Send a long body. A client that takes nothing for a while, or has left, gets no more of it."""
    headers = [*answer.wire_headers(), (b"content-length", str(answer.length).encode())]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if answer.path is not None and "http.response.pathsend" in scope.get("extensions", {}):
        await send({"type": "http.response.pathsend", "path": answer.path})
        return
    gone = request.gone
    try:
        async with contextlib.aclosing(answer.pieces) as pieces:
            async for piece in pieces:
                if gone.done():
                    return
                async with asyncio.timeout(SEND_SECONDS):
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
    except OSError as error:  # a TimeoutError is one, too
        logger.warning("Request %s is cut off: %s", request.id, error)
        return
    await send({"type": "http.response.body", "body": b""})


async def _live(scope: Scope, receive: Receive, send: Send) -> None:
    assert scope["type"] == "lifespan", "WebSockets are not served"
    while (await receive())["type"] == "lifespan.startup":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})
