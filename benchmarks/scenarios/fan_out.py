"""Messages to devices: one request to very many, who then collect what came."""

import os
import time
from base64 import b64encode

import msgspec

from benchmarks.client import Connection, Unexpected
from benchmarks.scenarios.crowd import Crowd
from benchmarks.scenarios.scenario import Figure, Scenario
from benchmarks.world import Account, Synced, World, encoded, sync_path

SENDS = 5
"""Requests in a turn, as many on either server: as much waits for each recipient then."""

CIPHERTEXT_BYTES = 700
"""A room key, encrypted for one device."""

NO_ROOMS = {"rooms": list[str]()}
"""The part of a filter with which a /sync tells of no rooms: other scenarios write into the recipients'."""


class _ToDevice(msgspec.Struct):
    events: list[msgspec.Raw] = []


class _Collected(msgspec.Struct):
    next_batch: str
    to_device: _ToDevice = msgspec.field(default_factory=_ToDevice)


class FanOut(Scenario):
    """One person shares room keys with `scale.recipients` devices in one request; then each of them syncs."""

    def __init__(self, world: World, crowd: Crowd) -> None:
        super().__init__(world, "fan_out", needs=[crowd])
        self._crowd = crowd

    async def prepare(self) -> list[Figure]:
        """Where each recipient stands in /sync."""
        self._sender, *others = self._crowd.accounts
        self._recipients = others[: self.world.scale.recipients]
        since = await self.world.each(self._recipients, _stand)
        self._since = dict(zip(self._recipients, since, strict=True))
        self._body = encoded({"messages": {who.user_id: {who.device_id: _room_key()} for who in self._recipients}})
        return []

    async def measure(self) -> list[Figure]:
        """Cost of one message until it waits for its device, latency of a request; cost of collecting."""
        latencies_s: list[float] = []
        connection = await self.world.connect()
        await self.world.quiet()
        async with self.meter() as sending:
            for _ in range(SENDS):
                began_s = time.perf_counter()
                path = f"/_matrix/client/v3/sendToDevice/m.room.encrypted/{self.world.number()}"
                (await connection.put(path, self._sender.token, self._body)).require()
                latencies_s.append(time.perf_counter() - began_s)
        connection.close()
        await self.world.quiet()
        async with self.meter("collect") as collecting:
            await self.world.each(self._recipients, self._collect)
        sent = SENDS * len(self._recipients)
        return [
            self.cpu(sending, sent),
            self.rate(sending, sent),
            *self.spread(sending, latencies_s),
            self.cpu(collecting, len(self._recipients), "collect"),
        ]

    async def _collect(self, connection: Connection, account: Account) -> None:
        """All that waits, and the next /sync, by which the server knows that it has arrived."""
        for expected in (SENDS, 0):
            path = sync_path("timeout=0", self._since[account], room=NO_ROOMS)
            collected = (await connection.get(path, account.token)).read(_Collected)
            if len(collected.to_device.events) != expected:
                raise Unexpected(f"{len(collected.to_device.events)} messages came where {expected} waited.")
            self._since[account] = collected.next_batch


async def _stand(connection: Connection, account: Account) -> str:
    """The token of a first /sync."""
    return (await connection.get(sync_path("timeout=0", room=NO_ROOMS), account.token)).read(Synced).next_batch


def _room_key() -> dict[str, object]:
    ciphertext = {_random(32): {"type": 0, "body": _random(CIPHERTEXT_BYTES)}}
    return {"algorithm": "m.olm.v1.curve25519-aes-sha2", "sender_key": _random(32), "ciphertext": ciphertext}


def _random(size_bytes: int) -> str:
    return b64encode(os.urandom(size_bytes)).decode().rstrip("=")
