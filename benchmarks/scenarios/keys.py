"""Keys of devices: those of many people asked for, and one-time keys claimed."""

import time

import msgspec

from benchmarks.client import Connection, Unexpected
from benchmarks.devices import ALGORITHM, Keys
from benchmarks.scenarios.crowd import Crowd
from benchmarks.scenarios.scenario import Figure, Scenario
from benchmarks.world import Account, World, encoded

UPLOAD = "/_matrix/client/v3/keys/upload"
QUERY = "/_matrix/client/v3/keys/query"
CLAIM = "/_matrix/client/v3/keys/claim"
CROSS_SIGNING = "/_matrix/client/v3/keys/device_signing/upload"

CLAIMED_OF = (1, 50)
"""People in one claim: a new conversation, and a room of that size."""

CLAIMED_PEOPLE = 50
"""Whose keys are claimed, in either."""


class _Found(msgspec.Struct):
    device_keys: dict[str, dict[str, msgspec.Raw]]
    master_keys: dict[str, msgspec.Raw]
    self_signing_keys: dict[str, msgspec.Raw]


class _Claimed(msgspec.Struct):
    one_time_keys: dict[str, dict[str, dict[str, msgspec.Raw]]]


class QueryKeys(Scenario):
    """One member of the big room asks for the keys of `scale.queried` others, as before the first encrypted message."""

    def __init__(self, world: World, crowd: Crowd) -> None:
        super().__init__(world, "query", needs=[crowd])
        self._crowd = crowd

    async def prepare(self) -> list[Figure]:
        """Each of them has keys for cross-signing, and a device that is signed with them."""
        self._people = self._crowd.accounts[1 : 1 + self.world.scale.queried]

        await self.world.each(self._people, _publish)
        return []

    async def measure(self) -> list[Figure]:
        """Cost, rate and latency of one such question."""
        asker = self._crowd.accounts[0]
        body = encoded({"device_keys": {account.user_id: [] for account in self._people}})
        latencies_s: list[float] = []
        size_bytes = 0
        connection = await self.world.connect()
        await self.world.quiet()
        async with self.meter() as meter:
            until_s = time.perf_counter() + self.world.scale.seconds
            while (began_s := time.perf_counter()) < until_s:
                answer = await connection.post(QUERY, asker.token, body)
                latencies_s.append(time.perf_counter() - began_s)
                size_bytes += len(answer.body)
                self._require_all(answer.read(_Found))
        connection.close()
        asked = len(latencies_s)
        size = self.figure("size", size_bytes / asked / 1e6, "MB")
        return [self.cpu(meter, asked), self.rate(meter, asked), *self.spread(meter, latencies_s), size]

    def _require_all(self, found: _Found) -> None:
        devices = sum(map(bool, found.device_keys.values()))
        if not devices == len(found.master_keys) == len(found.self_signing_keys) == len(self._people):
            raise Unexpected(f"Keys of {devices} devices where {len(self._people)} people have one each.")


class ClaimKeys(Scenario):
    """One person claims a one-time key of each of `people` others, again and again."""

    def __init__(self, world: World, people: int) -> None:
        super().__init__(world, f"claim.{people}")
        self._people = people

    async def prepare(self) -> list[Figure]:
        """The others, each with the keys of a device."""
        self._claimer, *others = await self.world.accounts(1 + CLAIMED_PEOPLE)
        self._devices = list(zip(others, await self.world.each(others, _publish), strict=True))
        return []

    async def measure(self) -> list[Figure]:
        """Cost of one claimed key, and the latency of a request; it ends when all keys are claimed."""
        await self.world.each(self._devices, self._restock)
        accounts = [account for account, _ in self._devices]
        some = [accounts[start : start + self._people] for start in range(0, len(accounts), self._people)]
        bodies = [
            encoded({"one_time_keys": {who.user_id: {who.device_id: ALGORITHM} for who in them}}) for them in some
        ]
        latencies_s: list[float] = []
        connection = await self.world.connect()
        await self.world.quiet()
        async with self.meter() as meter:
            until_s = time.perf_counter() + self.world.scale.seconds
            for body in bodies * self.world.scale.claims:
                if (began_s := time.perf_counter()) >= until_s:
                    break
                answer = await connection.post(CLAIM, self._claimer.token, body)
                latencies_s.append(time.perf_counter() - began_s)
                if len(answer.read(_Claimed).one_time_keys) != self._people:
                    raise Unexpected("A device has no key left.")
        connection.close()
        claimed = self._people * len(latencies_s)
        return [self.cpu(meter, claimed), self.rate(meter, claimed), *self.spread(meter, latencies_s)]

    async def _restock(self, connection: Connection, device: tuple[Account, Keys]) -> None:
        account, keys = device
        body = encoded({"one_time_keys": keys.one_time_keys(self.world.scale.claims)})
        (await connection.post(UPLOAD, account.token, body)).require()


async def _publish(connection: Connection, account: Account) -> Keys:
    """An account's new keys, of its device and for cross-signing, the server having them."""
    keys = Keys(account)
    (await connection.post(CROSS_SIGNING, account.token, encoded(keys.cross_signing_keys()))).require()
    (await connection.post(UPLOAD, account.token, encoded({"device_keys": keys.device_keys()}))).require()
    return keys
