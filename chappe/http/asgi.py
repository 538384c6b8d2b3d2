"""The application as ASGI 3: what the server runs, and what tests call in process.

ASGI and not RSGI, although that costs a few microseconds more: granian gives the path as it came only here.
"""

import asyncio

from chappe.http.answer import Answer, refusal
from chappe.http.application import Application, busy
from chappe.http.request import Receive, Scope, Send


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
            await _send(answer, request.method, send)
        finally:
            application.in_flight.discard(task)
            request.finish()


async def _send(answer: Answer, method: str, send: Send) -> None:
    headers = answer.wire_headers()
    body = answer.body
    if method == "HEAD":
        headers = [*headers, (b"content-length", str(len(body)).encode())]
        body = b""
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _live(scope: Scope, receive: Receive, send: Send) -> None:
    assert scope["type"] == "lifespan", "WebSockets are not served"
    while (await receive())["type"] == "lifespan.startup":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})
