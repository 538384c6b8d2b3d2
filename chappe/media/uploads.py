"""Uploads on their way: how many at once, where they are written, and when they count as done.

What must be true: the file is on the disk before its row commits, and a file without a row does not stay.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, TypeVar

from chappe.errors import Errcode, Refused
from chappe.ids import UserID
from chappe.media import store
from chappe.media.files import Files
from chappe.media.spool import Received, Spool, cannot_store
from chappe.storage import Database

T = TypeVar("T")

MAX_UPLOADS_AT_ONCE = 250
"""Uploads of all people that come in at the same time. Each has an open file, and up to 4 MiB in memory."""
MAX_UPLOADS_OF_A_PERSON = 10
"""The same of one person, who shares the machine with others."""


class Uploads:
    """The uploads that this process is taking in."""

    def __init__(self, spool: Spool, files: Files, database: Database, quota_bytes: int) -> None:
        self._spool = spool
        self._files = files
        self._database = database
        self._quota_bytes = quota_bytes
        self._of: dict[UserID, int] = {}
        self._ended = asyncio.Event()
        self._finishing: set[asyncio.Task[Any]] = set()

    async def take(
        self,
        user_id: UserID,
        pieces: AsyncIterator[bytes],
        commit: Callable[[Received], Awaitable[T]],
        *,
        besides: str = "",
    ) -> T:
        """Store what comes in, then let `commit` add its row; returns what that answers.

        `besides` is a media id whose unfinished upload does not count to the quota: this takes its place. Refuses with
        LIMIT_EXCEEDED too many at once, with FORBIDDEN what goes beyond the person's quota, with UNAVAILABLE when the
        disk does not take it. Whatever `commit` refuses leaves nothing behind.
        """
        with self.counted(user_id):
            await self.require_within_quota(user_id, 1, besides)
            received = await self._spool.receive(pieces)
            return await asyncio.shield(self.finish(user_id, received, commit, besides=besides))

    def finish(
        self, user_id: UserID, received: Received, commit: Callable[[Received], Awaitable[T]], *, besides: str
    ) -> "asyncio.Task[T]":
        """Keep what has come in whole, and let `commit` add its row.

        A task, for from here on it must be known what became of it, also if the client leaves.
        """
        finishing = asyncio.create_task(self._finish(user_id, received, commit, besides), name=user_id)
        self._finishing.add(finishing)
        finishing.add_done_callback(self._forget)
        return finishing

    def has_any_of(self, user_id: UserID) -> bool:
        """Whether the person has an upload on its way."""
        return bool(self._of.get(user_id)) or any(task.get_name() == user_id for task in self._finishing)

    async def until_none_of(self, user_id: UserID) -> None:
        """Return when the person has no upload on its way any more. To be called once they can begin no other."""
        while self.has_any_of(user_id):
            await self._ended.wait()

    async def close(self) -> None:
        """Wait for what is about to be committed."""
        if self._finishing:
            await asyncio.wait(self._finishing)

    async def _finish(
        self, user_id: UserID, received: Received, commit: Callable[[Received], Awaitable[T]], besides: str
    ) -> T:
        key, is_settled = received.key, False
        try:
            await self.require_within_quota(user_id, received.size_bytes, besides)
            try:
                await self._files.keep(key, received.path)
            except OSError as error:
                raise cannot_store(error) from error
            answer = await commit(received)
            is_settled = True
        except Refused as no:
            # A database that cannot be reached leaves it open whether the row is there: the sweeper looks later.
            if no.code is not Errcode.UNAVAILABLE:
                with contextlib.suppress(OSError):
                    await self._files.delete(key)
                    is_settled = True
            raise
        else:
            return answer
        finally:
            self._spool.release(key, is_settled=is_settled)

    async def require_within_quota(self, user_id: UserID, size_bytes: int, besides: str) -> None:
        """Refuse with FORBIDDEN what goes beyond the person's quota; one media id is not counted."""
        # What is on its way at the same time is not counted: the quota is exceeded by that much at most.
        if await store.uploaded_bytes(self._database, user_id, besides) + size_bytes > self._quota_bytes:
            raise Refused(Errcode.FORBIDDEN, f"You may upload {self._quota_bytes} bytes in all, and that is reached.")

    @contextlib.contextmanager
    def counted(self, user_id: UserID) -> Iterator[None]:
        """Count an upload that is on its way. Refuses with LIMIT_EXCEEDED too many at once."""
        of_person = self._of.get(user_id, 0)
        if of_person >= MAX_UPLOADS_OF_A_PERSON or sum(self._of.values()) >= MAX_UPLOADS_AT_ONCE:
            raise Refused(
                Errcode.LIMIT_EXCEEDED,
                "Too many uploads at once. Wait until one of them is done.",
                retry_after_ms=2_000,
            )
        self._of[user_id] = of_person + 1
        try:
            yield
        finally:
            self._of[user_id] -= 1
            if not self._of[user_id]:
                del self._of[user_id]
            self._tell_ended()

    def _forget(self, finishing: "asyncio.Task[Any]") -> None:
        self._finishing.discard(finishing)
        if not finishing.cancelled():
            finishing.exception()  # Whoever asked has it, unless they left: then nobody wants to know.
        self._tell_ended()

    def _tell_ended(self) -> None:
        self._ended.set()
        self._ended = asyncio.Event()
