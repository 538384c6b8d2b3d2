"""A clock that runs wakes one person after the other; it can be paused, made longer and answered. R5 to R8."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chappe import clocks
from chappe.app import Chappe
from chappe.clocks.due import LADDER
from chappe.clocks.store import entries
from chappe.errors import Refused
from chappe.stream import REGISTER, Command, Device, Transaction
from tests.conftest import make_settings
from tests.house import CHEAP, Clock, House

pytestmark = pytest.mark.anyio

DUTY = ["one@example.org", "two@example.org", "three@example.org"]
HOUR = 3_600


class Pager:
    """A webhook on this machine that keeps what it is told. It refuses the first call: alarms are posted again."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.refusals = 1

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(
            next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")).split()[1]
        )
        body = await reader.readexactly(int(length))
        if self.refusals:
            self.refusals -= 1
            writer.write(b"HTTP/1.1 503 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        else:
            self.told.append(json.loads(body))
            writer.write(b"HTTP/1.1 204 Yes\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()


async def _house(tmp_path: Path, open_database: Callable[[], Any], **changes: str) -> House:
    relay = '{ host = "127.0.0.1", port = 9, tls = "none", from_address = "chat@example.org" }'
    settings = make_settings(tmp_path, mail=relay, on_call_mail=",".join(DUTY), **changes)
    clock = Clock()
    return House(await Chappe.open(settings, clock, await open_database(), CHEAP), clock)


async def _do(house: House, act: Any, *arguments: object) -> Any:
    async def acted(tx: Transaction, device: Device | None) -> Any:
        done = act(tx, *arguments)
        return await done if asyncio.iscoroutine(done) else done

    return await house.chappe.bus.call(REGISTER, Command(acted, None, ()))


async def _start(house: House, rule: str = "tco.removal") -> str:
    return str(await _do(house, clocks.start, rule, "order 1", house.clock.ms, "Europe/Paris", "@ada:localhost"))


async def _woken(house: House, id: str) -> list[str]:
    told = await entries(house.chappe.database, id)
    return [one.about for one in told if one.what == "alarm"]


async def test_with_nobody_answering_the_alarm_climbs_the_whole_ladder(tmp_path: Path, open_database: Any) -> None:
    """R8: each step wakes one person more, in order, and all of it is in the clock's log."""
    house = await _house(tmp_path, open_database)
    id = await _start(house)
    for _ in range(62):
        house.clock.advance(60)
        await house.chappe.alarms.give_due()
    one, two, three = DUTY
    assert await _woken(house, id) == [one, f"{one}, {two}", f"{one}, {two}, {three}"] + [f"{one}, {two}, {three}"] * 2
    mails = await house.chappe.database.fetch("SELECT recipient FROM outgoing_mail")
    assert len(mails) == 1 + 2 + 3 * 3
    await house.close()


async def test_who_answers_is_followed_by_nobody_until_the_end(tmp_path: Path, open_database: Any) -> None:
    house = await _house(tmp_path, open_database)
    id = await _start(house)
    house.clock.advance(6 * 60)
    await house.chappe.alarms.give_due()
    await _do(house, clocks.acknowledge, id, "@ada:localhost")
    house.clock.advance(30 * 60)
    await house.chappe.alarms.give_due()
    assert len(await _woken(house, id)) == 1
    house.clock.advance(HOUR)
    await house.chappe.alarms.give_due()
    assert (await _woken(house, id))[-1] == ", ".join(DUTY)
    assert len(await _woken(house, id)) == 2
    assert (await clocks.clocks_of(house.chappe.database, "order 1"))[0].alarms == len(LADDER)
    await house.close()


async def test_a_clock_that_stands_still_is_due_later_by_as_long(tmp_path: Path, open_database: Any) -> None:
    """R5, R7: when it started does not change, whatever happens to it."""
    house = await _house(tmp_path, open_database)
    id = await _start(house, "epoc.emergency")
    (before,) = await clocks.clocks_of(house.chappe.database, "order 1")
    await _do(house, clocks.pause, id, "@ada:localhost", "the authority has to clarify")
    house.clock.advance(24 * HOUR)
    assert await house.chappe.alarms.give_due() == 0
    (standing,) = await clocks.clocks_of(house.chappe.database, "order 1")
    assert not standing.is_overdue(house.clock.ms)
    await _do(house, clocks.resume, id, "@ada:localhost", "it did")
    (after,) = await clocks.clocks_of(house.chappe.database, "order 1")
    assert before.due_at is not None
    assert after.due_at is not None
    assert 0 <= after.due_at - before.due_at - 24 * HOUR * 1000 < 100
    assert after.started_at == before.started_at
    with pytest.raises(Refused, match="runs already"):
        await _do(house, clocks.resume, id, "@ada:localhost", "again")
    await house.close()


async def test_an_extension_begins_where_the_clock_ends_and_counts_once(tmp_path: Path, open_database: Any) -> None:
    """R43: sixty days and thirty more on the form of Annex VI."""
    house = await _house(tmp_path, open_database)
    id = await _start(house, "epocpr.preserve")
    (before,) = await clocks.clocks_of(house.chappe.database, "order 1")
    await _do(house, clocks.extend, id, "epocpr.extend", "@ada:localhost", "form of 1 March")
    (after,) = await clocks.clocks_of(house.chappe.database, "order 1")
    assert before.due_at is not None
    assert after.due_at is not None
    assert round((after.due_at - before.due_at) / 86_400_000) == 30
    with pytest.raises(Refused, match="already"):
        await _do(house, clocks.extend, id, "epocpr.extend", "@ada:localhost", "again")
    await _do(house, clocks.stop, id, "released", "@ada:localhost")
    with pytest.raises(Refused, match="no such clock"):
        await _do(house, clocks.stop, id, "released", "@ada:localhost")
    whats = [one.what for one in await entries(house.chappe.database, id)]
    assert whats == ["started", "extended", "stopped"]
    await house.close()


async def test_fifty_ways_to_stop_a_clock_stop_it_once(tmp_path: Path, open_database: Any) -> None:
    house = await _house(tmp_path, open_database)
    id = await _start(house)

    async def stop() -> bool:
        try:
            await _do(house, clocks.stop, id, "done", "@ada:localhost")
        except Refused:
            return False
        return True

    assert sum(await asyncio.gather(*(stop() for _ in range(50)))) == 1
    await house.close()


async def test_alarms_are_posted_to_the_webhook_until_it_takes_them(tmp_path: Path, open_database: Any) -> None:
    """R8, R22: a way that does not use mail."""
    pager = Pager()
    server = await asyncio.start_server(pager.answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    house = await _house(tmp_path, open_database, on_call_webhook=f"http://127.0.0.1:{port}/hook")
    await _start(house)
    house.clock.advance(6 * 60)
    await house.chappe.alarms.give_due()
    await house.chappe.alarms.posted()
    (told,) = pager.told
    assert (told["rule"], told["subject"], told["alarm"], told["is_overdue"]) == ("tco.removal", "order 1", 1, False)
    server.close()
    await house.close()


@pytest.mark.parametrize(("rule", "zone"), [("tco.nonsense", "Europe/Paris"), ("tco.removal", "Mars/Olympus")])
async def test_what_is_no_clock_is_refused(tmp_path: Path, open_database: Any, rule: str, zone: str) -> None:
    house = await _house(tmp_path, open_database)
    with pytest.raises(Refused):
        await _do(house, clocks.start, rule, "order 1", 0, zone, "@ada:localhost")
    await house.close()
