"""Hashing passwords, beside the event loop: argon2id costs 45 ms and 19 MiB each time."""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar, TypeVarTuple

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from chappe.errors import Errcode, Refused

THREADS = 2
"""Two cores at most are busy with passwords, whoever tries to log in."""
MAX_WAITING = 256
"""About six seconds of work; whoever comes later is asked to come again."""

T = TypeVar("T")
Given = TypeVarTuple("Given")


class Cost(NamedTuple):
    """What one hash costs: kibibytes of memory, and how often they are gone over."""

    memory_kib: int
    rounds: int


USUAL = Cost(memory_kib=19_456, rounds=2)
"""Tests, whose people's passwords everybody knows, take less."""


class Passwords:
    """Hashes and compares passwords in two threads."""

    def __init__(self, cost: Cost = USUAL) -> None:
        self._hasher = PasswordHasher(time_cost=cost.rounds, memory_cost=cost.memory_kib, parallelism=1)
        self._threads = ThreadPoolExecutor(THREADS, "password")
        self._waiting = 0
        # Compared with when there is no account. Hashed now, so that not even the first try takes longer.
        self._nobodys = self._threads.submit(self._hasher.hash, secrets.token_hex())

    async def hash(self, password: str) -> str:
        """The text to store for a password: argon2id with its parameters and salt."""
        return await self._run(self._hash, password)

    async def matches(self, stored: str | None, password: str) -> bool:
        """Whether `password` is the one of `stored`. Takes as long when there is no account, and is then false."""
        return await self._run(self._matches, stored, password)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _hash(self, password: str) -> str:
        return self._hasher.hash(password)

    def _matches(self, stored: str | None, password: str) -> bool:
        try:
            self._hasher.verify(stored or self._nobodys.result(), password)
        except (Argon2Error, InvalidHashError):
            return False
        return stored is not None

    async def _run(self, work: Callable[[*Given], T], *arguments: *Given) -> T:
        if self._waiting >= MAX_WAITING:
            raise Refused(Errcode.UNAVAILABLE, "Too many people log in at this moment.", retry_after_ms=5000)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        finally:
            self._waiting -= 1
