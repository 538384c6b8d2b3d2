"""What is done about hits: each is recorded, and what a live rule found goes to whoever follows hits. Once.

What a live rule wants somebody to do something about is an effect of the very commit that it is about. What only says
what would have been done, or tells of something that was held up, is written down beside it: at most so many wait, and
a crash may lose a second of them.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from hashlib import blake2b
from itertools import islice

import msgspec

from chappe.rules import store
from chappe.rules.facts import Facts, Happening
from chappe.rules.rule import Hit, Rule, Stage
from chappe.stream import REGISTER, Bus, Command, Device, Effect, Transaction

MAX_WAITING = 2_000
WRITTEN_AT_ONCE = 100
KEPT_MS = 90 * 86_400_000
DROPPED_AT_ONCE = 500


class OnHit(list[Callable[[Transaction, Hit], Awaitable[None]]]):
    """What is done about hits of live rules, in the unit of the register that records each, once. `app.py` fills it."""


class Hits:
    """Those that wait to be written down."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._waiting: deque[Hit] = deque()
        self._writing = asyncio.Lock()
        self.lost = 0
        """How many were left out, since too many came at once."""

    def note(self, hit: Hit) -> None:
        """Write it down soon."""
        if len(self._waiting) >= MAX_WAITING:
            self.lost += 1
        else:
            self._waiting.append(hit)

    async def write(self) -> None:
        """Write down what waits."""
        async with self._writing:
            while some := list(islice(self._waiting, WRITTEN_AT_ONCE)):
                await self._bus.call(REGISTER, Command(note_hits, None, (some,)))
                for _ in some:
                    self._waiting.popleft()


def hit_of(rule: Rule, facts: Facts, sender: str, room_id: str, event_id: str) -> Hit:
    """What a rule found."""
    key = "\0".join((rule.name, str(rule.version), event_id or f"{sender} {facts.get('name', '')} {room_id}"))
    hit_id = blake2b(key.encode(), digest_size=12).hexdigest()
    return Hit(
        hit_id, rule.name, rule.version, rule.happening, rule.action, rule.topic, rule.why, rule.stage is Stage.LIVE,
        facts, sender, room_id, event_id,
    )  # fmt: skip


def tell(tx: Transaction, hit: Hit) -> None:
    """Queue that somebody deals with a hit, together with what it is about."""
    tx.effect(REGISTER, "rules.hit", msgspec.to_builtins(hit))


async def hit_effect(tx: Transaction, device: Device | None, told: dict[str, object]) -> None:
    """The effect: a hit is recorded, and whoever follows hits deals with it."""
    hit = msgspec.convert(told, Hit)
    if await store.has_hit(tx, hit.hit_id):
        return
    store.add_hit(tx, hit)
    for follow in tx.of(OnHit):
        await follow(tx, hit)


async def note_hits(tx: Transaction, device: Device | None, hits: list[Hit]) -> None:
    """An act: these are written down."""
    for hit in hits:
        store.add_hit(tx, hit)


async def drop_hits(tx: Transaction, device: Device | None, hit_ids: list[str]) -> None:
    """An act: these are forgotten."""
    store.drop_hits(tx, hit_ids)


EFFECTS: dict[str, Effect] = {"rules.hit": hit_effect}

__all__ = ["EFFECTS", "KEPT_MS", "Happening", "Hits", "OnHit", "hit_of", "tell"]
