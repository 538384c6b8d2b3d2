"""Who waits for content that was announced and is not uploaded yet."""

import asyncio


class Arrivals:
    """The waiting requests of one process, by media id."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Future[None]]] = {}

    def arrived(self, media_id: str) -> None:
        """Wake everybody who waits for it."""
        for future in self._waiting.pop(media_id, ()):
            if not future.done():
                future.set_result(None)

    def expect(self, media_id: str) -> "asyncio.Future[None]":
        """What ends when it arrives. `leave` when it is not waited for any more."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(media_id, set()).add(future)
        return future

    def leave(self, media_id: str, future: "asyncio.Future[None]") -> None:
        """Wait no longer."""
        waiting = self._waiting.get(media_id)
        if waiting is not None:
            waiting.discard(future)
            if not waiting:
                del self._waiting[media_id]
