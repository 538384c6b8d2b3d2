"""One running peer with the accounts and rooms made on it: the preparations that scenarios share."""

import asyncio
import hashlib
import hmac
import itertools
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import msgspec

from benchmarks.client import Connection, connect
from benchmarks.measure import Meter, quiet
from benchmarks.peer import Peer
from benchmarks.profile import ProfiledMeter
from benchmarks.scale import Scale

ROOM_VERSION = "12"
"""The same on both sides, whatever their defaults."""

PREPARING_AT_ONCE = 8
"""Requests under way while preparing: enough to keep the server busy, too few to time out."""

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Account:
    """A registered account with one device."""

    user_id: str
    token: str
    device_id: str


class _Registered(msgspec.Struct):
    user_id: str
    access_token: str
    device_id: str


class _Nonce(msgspec.Struct):
    nonce: str


class _Room(msgspec.Struct):
    room_id: str


class Synced(msgspec.Struct):
    """The part of a /sync answer that the next one needs."""

    next_batch: str


def encoded(document: object) -> bytes:
    """`document` as a JSON request body."""
    return msgspec.json.encode(document)


class World:
    """A started peer. Each scenario opens its own connections and closes them."""

    def __init__(self, peer: Peer, scale: Scale, profiles: Path | None = None) -> None:
        self.peer = peer
        self.scale = scale
        self._profiles = profiles
        """The folder for a profile of everything that is metered, if there shall be any."""
        self._numbers = itertools.count(1)

    async def connect(self) -> Connection:
        """A new connection to the server."""
        return await connect(self.peer.port)

    async def connect_many(self, count: int) -> list[Connection]:
        """`count` new connections, one after another, so that no listen queue overflows."""
        return [await self.connect() for _ in range(count)]

    def meter(self, name: str) -> Meter:
        """What the server uses for the work inside `async with`; `name` is that of its profile."""
        if self._profiles:
            return ProfiledMeter(self.peer.pid, self._profiles / f"{self.peer.name}-{name.replace('.', '-')}")
        return Meter(self.peer.pid)

    async def quiet(self, window_s: float = 0.5) -> None:
        """Wait until the server has finished what it put off: it was idle for `window_s`."""
        await quiet(self.peer.pid, window_s)

    def number(self) -> int:
        """A number no other call on this world gets."""
        return next(self._numbers)

    async def each(
        self, items: Iterable[_Item], work: Callable[[Connection, _Item], Awaitable[_Result]]
    ) -> list[_Result]:
        """`work` on every item, a few at once; the results in the order of the items."""
        waiting = enumerate(items)
        results: dict[int, _Result] = {}

        async def worker() -> None:
            connection = await self.connect()
            for place, item in waiting:
                results[place] = await work(connection, item)
            connection.close()

        await asyncio.gather(*(worker() for _ in range(PREPARING_AT_ONCE)))
        return [results[place] for place in sorted(results)]

    async def accounts(self, count: int) -> list[Account]:
        """`count` new accounts."""
        return await self.each(range(count), self._register)

    async def _register(self, connection: Connection, _: int) -> Account:
        path = "/_synapse/admin/v1/register"
        number = self.number()
        name, password = f"person{number}", "correct horse"
        nonce = (await connection.get(path)).read(_Nonce).nonce
        signed = "\0".join((nonce, name, password, "notadmin")).encode()
        mac = hmac.new(self.peer.secret.encode(), signed, hashlib.sha1).hexdigest()
        body: dict[str, object] = {"nonce": nonce, "username": name, "displayname": display_name(number)}
        body |= {"password": password, "admin": False, "mac": mac}
        registered = (await connection.post(path, body=encoded(body))).read(_Registered)
        return Account(registered.user_id, registered.access_token, registered.device_id)

    async def join_all(self, room_id: str, accounts: Iterable[Account]) -> None:
        """Every account joins the public room."""

        async def one(connection: Connection, account: Account) -> None:
            await join(connection, account, room_id)

        await self.each(accounts, one)

    async def fill(self, room_id: str, sender: Account, messages: int) -> None:
        """So many messages in the room, one after another, as a conversation would have them."""
        connection = await self.connect()
        for _ in range(messages):
            await self.send(connection, room_id, sender)
        connection.close()

    async def send(self, connection: Connection, room_id: str, sender: Account) -> None:
        """One text message."""
        await self.send_numbered(connection, room_id, sender, self.number())

    async def send_numbered(self, connection: Connection, room_id: str, sender: Account, number: int) -> None:
        """The text message that `number` makes unlike any other."""
        path = f"/_matrix/client/v3/rooms/{quote(room_id)}/send/m.room.message/{number}"
        body = encoded({"msgtype": "m.text", "body": text(number)})
        (await connection.put(path, sender.token, body)).require()


GIVEN_NAMES = ("Anna", "Berta", "Clara", "Dora", "Emil", "Franz", "Greta", "Hugo", "Ida", "Jakob")
FAMILY_NAMES = ("Abel", "Brandt", "Conrad", "Dietz", "Ebner", "Falk", "Gruber", "Haas", "Imhof", "Jung", "Kramer")


def display_name(number: int) -> str:
    """What person `number` is called; many share each name."""
    return f"{GIVEN_NAMES[number % len(GIVEN_NAMES)]} {FAMILY_NAMES[number % len(FAMILY_NAMES)]}"


def text(number: int) -> str:
    """The text of message `number`: of an ordinary length."""
    return f"Message <{number}>: shall we meet at the usual place tomorrow, or is it too early for everyone?"


_FILTER = {"room": {"state": {"lazy_load_members": True}, "timeline": {"limit": 20}}}
_ENCODED_FILTER = quote(encoded(_FILTER).decode())


def sync_path(query: str, since: str = "", **filter_parts: object) -> str:
    """The path of a /sync that sees twenty messages a room and, of the members, those who wrote them.

    `query` is already encoded; `filter_parts` are further parts of the filter. Presence is left as it is.
    """
    wanted = quote(encoded(_FILTER | filter_parts).decode()) if filter_parts else _ENCODED_FILTER
    place = f"&since={quote(since)}" if since else ""
    return f"/_matrix/client/v3/sync?{query}{place}&set_presence=offline&filter={wanted}"


async def create_room(connection: Connection, owner: Account) -> str:
    """A new public room; its id."""
    body = encoded({"preset": "public_chat", "room_version": ROOM_VERSION})
    return (await connection.post("/_matrix/client/v3/createRoom", owner.token, body)).read(_Room).room_id


async def join(connection: Connection, account: Account, room_id: str) -> None:
    """The account joins the room."""
    (await connection.post(f"/_matrix/client/v3/join/{quote(room_id)}", account.token)).require()


async def first_sync(connection: Connection, account: Account) -> str:
    """Where the account stands: the token of a first /sync."""
    return (await connection.get(sync_path("timeout=0"), account.token)).read(Synced).next_batch
