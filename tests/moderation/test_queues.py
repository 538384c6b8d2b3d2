"""What waits: whom the next case is for, counts that stop, and days that are counted once."""

import pytest

from chappe.moderation import queue_store, queues
from chappe.moderation.queue_store import Wanted
from chappe.moderation.queues import DAY_MS, DAYS_SHOWN, Load, next_for, overview, page_of
from chappe.moderation.words import Stream
from chappe.operators import Role
from chappe.operators.grant import set_languages
from chappe.storage import Database, Row
from tests.moderation.conftest import Desk
from tests.moderation.desk import Town

pytestmark = pytest.mark.anyio


class Counting:
    """A database that counts what is asked of it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.asked = 0

    async def fetch(self, sql: str, *arguments: object) -> list[Row]:
        self.asked += 1
        return await self._database.fetch(sql, *arguments)

    async def fetch_one(self, sql: str, *arguments: object) -> Row | None:
        self.asked += 1
        return await self._database.fetch_one(sql, *arguments)


async def test_days_that_are_over_are_counted_once(desk: Desk) -> None:
    town = await Town.of(desk)
    await town.case()
    database = Counting(desk.database)
    load, now = Load(database), desk.house.clock.now_ms()
    days = await load.days(now)
    assert [one.opened for one in days] == [0] * (DAYS_SHOWN - 1) + [1]
    assert database.asked == 2 * DAYS_SHOWN
    database.asked = 0
    await load.days(now)
    assert database.asked == 2, "the present day alone"
    days = await load.days(now + DAY_MS)
    assert [one.opened for one in days[-2:]] == [1, 0]
    assert database.asked == 6


async def test_the_next_case_is_in_a_language_that_one_reads(desk: Desk) -> None:
    """R135: queues are for roles and languages."""
    town = await Town.of(desk)
    first, second = await town.case("eins"), await town.case("deux")
    await desk.house.settle()
    for number, language in ((first.number, "de"), (second.number, "fr-CA")):
        sql = f"UPDATE moderation_case SET language = '{language}' WHERE number = {number}"
        await desk.database.execute_once(sql)
    mia = await desk.office.staff("mia", Role.MODERATOR)
    for spoken, expected in (([], [1, 2]), (["fr"], [2]), (["de", "en"], [1]), (["en"], [])):
        await desk.act(mia, set_languages, mia.user_id, spoken)
        found = await next_for(desk.database, await desk.office.operator(mia), desk.house.clock.now_ms())
        assert [one.number for one in found] == expected, spoken
    operator = await desk.office.operator(mia)
    told = {one.stream: one for one in await overview(desk.database, operator, desk.house.clock.now_ms())}
    assert told[Stream.REPORTS].languages == [("de", 1), ("fr-CA", 1)]
    shown, after = await page_of(desk.database, [Stream.REPORTS], Wanted(language="de"))
    assert ([one.number for one in shown], after) == ([first.number], None)


async def test_counting_stops(desk: Desk) -> None:
    town = await Town.of(desk)
    for at in range(3):
        await town.case(f"text {at}")
    assert await queue_store.count(desk.database, "reports") == 3
    assert await queue_store.count(desk.database, "reports", most=1) == 2, "more than one"
    assert await queue_store.count(desk.database, "reports", before=0) == 0
    assert queues.DUE_MS[Stream.NOTICES] == DAY_MS
