"""Uploads in several requests: what has come is kept when one is cut off, and the next one goes on behind it.

What must be true: nothing is said to have come before it is durable and its row says so; and one request at a time
appends to an upload. A newer request ends an older one, of which the client knows no more: see
docs/decisions/0014-resumable-uploads.md.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from chappe.clock import Clock
from chappe.errors import Errcode, Refused
from chappe.media import store
from chappe.media.add import Described, fill_reserved, require_reserved
from chappe.media.begin import begin_upload, give_up_upload, not_begun, record_received
from chappe.media.spool import Received, Spool, cannot_store, uninterrupted
from chappe.media.store import UnfinishedUpload
from chappe.media.unfinished import Growing, Unfinished
from chappe.media.upload_headers import Part, Progress
from chappe.media.uploads import Uploads
from chappe.storage import Database
from chappe.stream import Bus, Command, Device, shard_of


class Mismatch(Exception):
    """Refused, with where to go on (409)."""

    def __init__(self, reason: str, progress: Progress) -> None:
        super().__init__(reason)
        self.reason = reason
        self.progress = progress


class _Turn:
    """The request that works on an upload just now."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self._is_over = False
        self._reading: asyncio.Timeout | None = None

    def end_reading(self) -> None:
        """Let it take in no more; what has come is kept."""
        self._is_over = True
        if self._reading is not None and not self._reading.expired():
            self._reading.reschedule(asyncio.get_running_loop().time())

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """While the request takes in. Raises TimeoutError when it is to end."""
        if self._is_over:
            raise TimeoutError
        async with asyncio.timeout(None) as self._reading:
            try:
                yield
            finally:
                self._reading = None


class Resumable:
    """The uploads in several requests that this process takes in."""

    def __init__(
        self, unfinished: Unfinished, spool: Spool, uploads: Uploads, database: Database, bus: Bus, clock: Clock
    ) -> None:
        self._unfinished = unfinished
        self._spool = spool
        self._uploads = uploads
        self._database = database
        self._bus = bus
        self._clock = clock
        self._turns: dict[str, _Turn] = {}

    async def progress(self, device: Device, media_id: str) -> Progress:
        """How far the upload under an id is. Whatever is still coming in for it is ended.

        Refuses with NOT_FOUND what is not begun, or not there any more, and with FORBIDDEN another person's.
        """
        if (complete := await self._complete(device, media_id)) is not None:
            return complete
        await self._left_ms(device, media_id)
        async with self._turn(media_id):
            if (complete := await self._complete(device, media_id)) is not None:
                return complete
            upload, left_ms = await self._begun(device, media_id)
            if not await self._unfinished.has(upload.file_key, upload.received_bytes):
                raise not_begun()
            return Progress(upload.received_bytes, upload.length_bytes, False, left_ms)

    async def _complete(self, device: Device, media_id: str) -> Progress | None:
        media = await store.media(self._database, media_id)
        if media is None or media.removed_at is not None:
            return None
        if media.uploader != device.user_id:
            raise Refused(Errcode.FORBIDDEN, "This was uploaded by somebody else.")
        return Progress(media.size_bytes, media.size_bytes, True, 0)

    async def begin(
        self,
        device: Device,
        media_id: str,
        described: Described,
        length_bytes: int,
        part: Part,
    ) -> Progress:
        """Begin an upload under an id that was given out, and take in its first part. One begun before is forgotten.

        Refuses like `require_reserved`, with FORBIDDEN what goes beyond the quota, and with LIMIT_EXCEEDED whoever has
        too many of them.
        """
        await self._left_ms(device, media_id)
        with self._uploads.counted(device.user_id):
            async with self._turn(media_id) as turn:
                left_ms = await self._left_ms(device, media_id)
                await self._uploads.require_within_quota(device.user_id, length_bytes, media_id)
                before = await store.unfinished_upload(self._database, media_id)
                growing = await self._unfinished.create()
                row = (device.user_id, described.content_type, described.filename, length_bytes, 0)
                upload = UnfinishedUpload(media_id, growing.key, *row)
                try:
                    await uninterrupted(self._call(media_id, begin_upload, device, upload))
                    if before is not None:
                        await asyncio.to_thread(self._unfinished.remove, before.file_key)
                except BaseException as error:
                    if isinstance(error, Refused) and error.code is not Errcode.UNAVAILABLE:
                        await growing.remove()
                    growing.close()  # what has no row and nobody's lock the sweeper removes
                    raise
                return await self._take(turn, device, growing, upload, left_ms, part)

    async def go_on(self, device: Device, media_id: str, offset_bytes: int, part: Part) -> Progress:
        """Take in another part of an upload, which begins at that offset; with the last one it becomes media.

        Raises Mismatch for another offset than what has come, and where a newer request takes over. Refuses like
        `progress`.
        """
        await self._left_ms(device, media_id)
        with self._uploads.counted(device.user_id):
            async with self._turn(media_id) as turn:
                upload, left_ms = await self._begun(device, media_id)
                if offset_bytes != upload.received_bytes:
                    raise Mismatch(
                        f"{upload.received_bytes} bytes have come. Go on there.",
                        Progress(upload.received_bytes, upload.length_bytes, False, left_ms),
                    )
                growing = await self._open(upload)
                return await self._take(turn, device, growing, upload, left_ms, part)

    async def give_up(self, device: Device, media_id: str) -> None:
        """Forget what has come, and the id with it. Refuses like `progress`."""
        await self._left_ms(device, media_id)
        async with self._turn(media_id):
            await self._call(media_id, give_up_upload, device)

    @contextlib.asynccontextmanager
    async def _turn(self, media_id: str) -> AsyncIterator[_Turn]:
        """Be the only one to work on an upload. Whoever does so already takes in no more, and is waited for.

        To be asked for only once it is known that the upload is the asker's own.
        """
        while (before := self._turns.get(media_id)) is not None:
            before.end_reading()
            await before.ended.wait()
        turn = self._turns[media_id] = _Turn()
        try:
            yield turn
        finally:
            del self._turns[media_id]
            turn.ended.set()

    async def _left_ms(self, device: Device, media_id: str) -> int:
        now = self._clock.now_ms()
        await require_reserved(self._database, device, media_id, now)
        reservation = await store.reservation(self._database, media_id)
        return reservation.expires_at - now if reservation is not None else 0

    async def _begun(self, device: Device, media_id: str) -> tuple[UnfinishedUpload, int]:
        left_ms = await self._left_ms(device, media_id)
        upload = await store.unfinished_upload(self._database, media_id)
        if upload is None:
            raise not_begun()
        return upload, left_ms

    async def _open(self, upload: UnfinishedUpload) -> Growing:
        growing = await self._unfinished.open(upload.file_key, upload.received_bytes)
        if growing is None:  # it came with a backup, or somebody deleted its file
            raise not_begun()
        return growing

    async def _take(
        self,
        turn: _Turn,
        device: Device,
        growing: Growing,
        upload: UnfinishedUpload,
        left_ms: int,
        part: Part,
    ) -> Progress:
        is_superseded, left_bytes = False, upload.length_bytes - growing.size_bytes
        try:
            if part.is_last and part.content_length is not None and part.content_length < left_bytes:
                progress = Progress(growing.size_bytes, upload.length_bytes, False, left_ms)
                raise Mismatch(f"This is to be the end, and {left_bytes} bytes are still to come.", progress)
            try:
                async with turn.reading():
                    async for _ in growing.append(part.pieces(left_bytes)):
                        await uninterrupted(self._checkpoint(device, growing, upload))
            except TimeoutError:
                is_superseded = True
            finally:
                await uninterrupted(self._checkpoint(device, growing, upload))
            progress = Progress(growing.size_bytes, upload.length_bytes, False, left_ms)
            if is_superseded:
                raise Mismatch("Another request goes on with this upload.", progress)
            if not part.is_last:
                return progress
            if growing.size_bytes != upload.length_bytes:
                raise Mismatch(f"This was to be the end, and {upload.length_bytes} bytes were to come.", progress)
            await uninterrupted(self._finish(device, growing, upload))
            return Progress(growing.size_bytes, upload.length_bytes, True, 0)
        finally:
            growing.close()

    async def _checkpoint(self, device: Device, growing: Growing, upload: UnfinishedUpload) -> None:
        """Make durable what has come, and say so in the row."""
        await growing.sync()
        if growing.size_bytes == growing.recorded_bytes:
            growing.keep_digest()
            return
        try:
            await self._call(upload.media_id, record_received, device, growing.key, growing.size_bytes)
        except Refused as no:
            if no.code is Errcode.NOT_FOUND:
                await growing.remove()
            raise
        growing.recorded_bytes = growing.size_bytes
        growing.keep_digest()

    async def _finish(self, device: Device, growing: Growing, upload: UnfinishedUpload) -> None:
        """Make media of it. The file passes through the spool, as every upload."""
        try:
            received = await asyncio.to_thread(
                self._spool.adopt, growing.path, growing.descriptor, growing.size_bytes, growing.sha256
            )
        except OSError as error:
            raise cannot_store(error) from error

        async def commit(file: Received) -> None:
            described = Described(upload.content_type, upload.filename)
            await self._call(upload.media_id, fill_reserved, device, described, file)

        await self._uploads.finish(device.user_id, received, commit, besides=upload.media_id)
        await growing.remove()

    async def _call(self, media_id: str, act: object, device: Device, *arguments: object) -> None:
        await self._bus.call(shard_of(media_id), Command(act, device, (media_id, *arguments)))  # type: ignore[arg-type]
