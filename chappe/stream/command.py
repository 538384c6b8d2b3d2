"""A write on its way to the shard that owns what it changes.

An *act* is a coroutine function `act(tx, device, *arguments)`. It reads, decides and queues writes on
its unit of work; it never commits, calls out or waits for people. The same act runs wherever its
shard's owner is, so its arguments and its answer are plain data.
"""

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Protocol

import msgspec

from chappe.ids import DeviceID, UserID
from chappe.stream.shards import Shard


class Standing(Enum):
    """What an account may do, by what operators set or a decision restricts. `accounts/standing.py` knows it."""

    GOOD = "good"
    LIMITED = "limited"
    SUSPENDED = "suspended"
    LOCKED = "locked"


class Device(msgspec.Struct, frozen=True):
    """Who asks: one login of an account.

    `device_id` is None only for what the server itself does on a person's behalf (registration, effects).
    """

    user_id: UserID
    device_id: DeviceID | None = None
    is_guest: bool = False
    standing: Standing = Standing.GOOD


class Command(msgspec.Struct, frozen=True):
    """An act with its arguments, for the owner of a shard."""

    act: Callable[..., Awaitable[object]]
    device: Device | None
    arguments: tuple[object, ...]
    request_id: str = ""
    deadline: float = 0.0
    """Monotonic seconds after which nobody waits for the answer; 0 for none."""


class Bus(Protocol):
    """Carries commands to the owner of a shard and brings the answer back.

    Raises what the act refused with, and `Refused(UNAVAILABLE)` when the owner cannot be reached:
    the client repeats, and its transaction ID keeps the repeat harmless.
    """

    async def call(self, shard: Shard, command: Command) -> object: ...
