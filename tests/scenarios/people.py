"""People with matrix-nio, a client that nobody here wrote, and what they saw."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import nio

PASSWORD = "correct horse battery"
WAIT_S = 10.0
"""Far more than any news takes, for a machine that has other things to do."""
POLL_MS = 20_000

A = TypeVar("A")


class Person:
    """Someone at a nio client: what they do is asked of the client, what they see is kept."""

    def __init__(self, address: str, name: str, *, device_id: str | None = None, store: Path | None = None) -> None:
        """With `store`, a folder for the client's own keys, it encrypts."""
        config = nio.AsyncClientConfig(
            max_timeout_retry_wait_time=0.2, backoff_factor=0.05, encryption_enabled=store is not None
        )
        folder = str(store) if store is not None else ""
        self.client = nio.AsyncClient(address, name, device_id=device_id or "", store_path=folder, config=config)
        self.seen: list[Any] = []
        """Events of timelines, in the order in which they came."""
        self.invited: list[str] = []
        self.left: list[str] = []
        """Rooms that the server said are over, since nio keeps them among its own."""
        self.typing: dict[str, list[str]] = {}
        self.receipts: list[tuple[str, str]] = []
        """Who read up to which event."""
        self.tokens: list[str] = []
        self.refusals: list[Any] = []
        self._news = asyncio.Condition()
        self._syncing: asyncio.Task[None] | None = None
        self.client.add_event_callback(self._event, nio.Event)
        self.client.add_event_callback(self._invite, nio.InviteMemberEvent)
        self.client.add_ephemeral_callback(self._ephemeral, (nio.TypingNoticeEvent, nio.ReceiptEvent))
        self.client.add_response_callback(self._synced, nio.SyncResponse)
        self.client.add_response_callback(self._answered_about_keys, nio.KeysQueryResponse)
        self.client.add_response_callback(self._refused, nio.ErrorResponse)

    @property
    def user_id(self) -> str:
        """As the server said it."""
        return str(self.client.user_id)

    async def register(self) -> None:
        """A new account, whose first device this is."""
        answered(await self.client.register(self.client.user, PASSWORD, "laptop"), nio.RegisterResponse)
        if self.client.config.encryption_enabled:
            self.client.load_store()

    async def log_in(self, device_name: str = "laptop") -> None:
        """One more device of an account."""
        answered(await self.client.login(PASSWORD, device_name), nio.LoginResponse)

    def keep_syncing(self) -> None:
        """From now on, like a client that is open."""
        self._syncing = asyncio.create_task(self.client.sync_forever(timeout=POLL_MS))

    async def send(self, room_id: str, text: str, txn: str | None = None) -> str:
        """Say something; the answer is the event id."""
        content = {"msgtype": "m.text", "body": text}
        sent = await self.client.room_send(
            room_id, "m.room.message", content, tx_id=txn, ignore_unverified_devices=True
        )
        return str(answered(sent, nio.RoomSendResponse).event_id)

    def heard(self, room_id: str) -> list[str]:
        """The texts seen in a room, in the order in which they came."""
        return [event.body for at, event in self.seen if at == room_id and isinstance(event, nio.RoomMessageText)]

    async def until(self, what: Callable[[], object]) -> None:
        """Wait until something has been seen; fails after `WAIT_S`."""
        try:
            async with asyncio.timeout(WAIT_S), self._news:
                await self._news.wait_for(what)
        except TimeoutError:
            raise AssertionError(f"{self.client.user_id} has not seen it; refused: {self.refusals}") from None

    async def stop_syncing(self) -> None:
        """Like a client that is closed."""
        if self._syncing is not None:
            self._syncing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._syncing
            self._syncing = None

    async def close(self) -> None:
        """Leave the table."""
        await self.stop_syncing()
        await self.client.close()

    async def _event(self, room: nio.MatrixRoom, event: nio.Event) -> None:
        self.seen.append((room.room_id, event))
        await self._tell()

    async def _invite(self, room: nio.MatrixRoom, event: nio.InviteMemberEvent) -> None:
        if event.state_key == self.user_id:
            self.invited.append(room.room_id)
        await self._tell()

    async def _ephemeral(self, room: nio.MatrixRoom, event: nio.EphemeralEvent) -> None:
        if isinstance(event, nio.TypingNoticeEvent):
            self.typing[room.room_id] = event.users
        elif isinstance(event, nio.ReceiptEvent):
            self.receipts += [(one.user_id, one.event_id) for one in event.receipts]
        await self._tell()

    async def _synced(self, response: nio.SyncResponse) -> None:
        self.tokens.append(response.next_batch)
        self.left += response.rooms.leave
        await self._tell()

    async def _answered_about_keys(self, response: nio.KeysQueryResponse) -> None:
        await self._tell()

    async def _refused(self, response: nio.ErrorResponse) -> None:
        self.refusals.append(response)
        await self._tell()

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()


def answered(response: object, kind: type[A]) -> A:
    """The answer, which must be of this kind."""
    assert isinstance(response, kind), response
    return response
