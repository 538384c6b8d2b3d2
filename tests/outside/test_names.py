"""Name servers that do not answer."""

import asyncio
import threading

import pytest

from chappe.outside.names import MAX_LOOKUPS, Names

pytestmark = pytest.mark.anyio


async def test_names_of_this_machine_are_found_and_others_are_not() -> None:
    names = Names()
    assert "127.0.0.1" in await names.addresses("localhost", 443)
    assert await names.addresses("127.0.0.1", 443) == ["127.0.0.1"]
    for unknown in ("nothing.invalid", "a" * 300, "..", "\u2603" * 80, ""):
        assert await names.addresses(unknown, 443) in ([], await names.addresses("localhost", 443))


async def test_a_name_server_that_never_answers_keeps_nobody_from_others() -> None:
    """Nor does it get more and more threads: what is given up counts until it ends."""
    silent = threading.Event()
    asked = 0

    def resolve(host: str, port: int) -> list[str]:
        nonlocal asked
        asked += 1
        if host == "silent.test":
            silent.wait(20)
        return ["192.0.2.1"]

    names = Names(resolve)
    lost = [asyncio.create_task(names.addresses("silent.test", 443)) for _ in range(MAX_LOOKUPS - 1)]
    async with asyncio.timeout(5):
        assert await names.addresses("other.test", 443) == ["192.0.2.1"]
    for task in lost:
        task.cancel()
    await asyncio.gather(*lost, return_exceptions=True)
    more = [asyncio.create_task(names.addresses("silent.test", 443)) for _ in range(10)]
    await asyncio.sleep(0.1)
    assert asked == MAX_LOOKUPS + 1
    silent.set()
    async with asyncio.timeout(5):
        assert await asyncio.gather(*more) == [["192.0.2.1"]] * 10
