"""Looking up the addresses of host names that anybody may have chosen.

A name server that never answers holds a thread for half a minute. So these are threads of their own, enough of them,
which the end of the process does not wait for.
"""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable

MAX_LOOKUPS = 64
"""Names looked up at the same time. A look-up counts until its thread ends, also if nobody waits for it any more."""

Resolve = Callable[[str, int], list[str]]
"""The addresses of a host, looked up in the thread that asks. Raises OSError or UnicodeError."""


def resolve(host: str, port: int) -> list[str]:
    """The addresses that this machine knows, or finds out."""
    return [str(address[0]) for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class Names:
    """The look-ups that are under way."""

    def __init__(self, resolve: Resolve = resolve) -> None:
        self._resolve = resolve
        self._turns = asyncio.Semaphore(MAX_LOOKUPS)

    async def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a host; none if its name is not known."""
        await self._turns.acquire()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[str]] = loop.create_future()

        def end(found: list[str]) -> None:
            self._turns.release()
            if not answer.done():
                answer.set_result(found)

        def look_up() -> None:
            try:
                found = self._resolve(host, port)
            except (OSError, UnicodeError):
                found = []
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(end, found)

        threading.Thread(target=look_up, name="look-up of a name", daemon=True).start()
        return await answer
