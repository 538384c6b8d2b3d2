"""The EU's database is told of each decision once, whatever breaks. R80, R81, R82."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from chappe.app import Chappe
from chappe.config import Settings
from chappe.storage import Database
from chappe.transparency import Telling, store
from chappe.transparency.telling import FIRST_WAIT_MS
from tests.conftest import make_settings
from tests.house import CHEAP, Clock, House
from tests.transparency.conftest import settings_with
from tests.transparency.database import EUDatabase
from tests.transparency.desk import Desk
from tests.transparency.statements import REMOVED, SUSPENDED

pytestmark = pytest.mark.anyio


async def tell(house: House) -> None:
    await house.chappe.resources.of(Telling).catch_up()


async def states(house: House) -> dict[str, int]:
    return await store.counts(house.chappe.database)


async def decide(desk: Desk, number: int, **changes: Any) -> list[str]:
    case = desk.case()
    made = [desk.decision(case, **changes) for _ in range(number)]
    await desk.write()
    return made


async def test_what_is_decided_is_told_and_nothing_of_it_is_dropped(
    house: House, desk: Desk, double: EUDatabase
) -> None:
    case = desk.case()
    desk.decision(case)
    desk.decision(case, ("account", "suspended"), ("event", "withheld"), ground="terms", ground_reference="violence")
    desk.decision(case, territories=["DE"], source="own_initiative", source_identity="nobody", detected="yes")
    await desk.write()
    await tell(house)
    assert await states(house) == {"queued": 0, "blocked": 0, "sent": 3, "refused": 0}
    assert double.dropped == []
    assert [one["decision_ground"] for one in double.stored.values()] == [
        "DECISION_GROUND_ILLEGAL_CONTENT",
        "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "DECISION_GROUND_ILLEGAL_CONTENT",
    ]
    sent = await store.statements_in(house.chappe.database, "sent", 0, 9)
    assert [one.uuid for one in sent] == [one["uuid"] for one in double.stored.values()]
    assert double.batches == [3]
    await tell(house)
    assert double.batches == [3], "what was told is not told again"


async def test_r76_what_is_not_due_is_not_queued(house: House, desk: Desk, double: EUDatabase) -> None:
    private = desk.case(dissemination="invite_only")
    desk.decision(private)
    public = desk.case()
    desk.decision(public, outcome="no_action", ground="")
    desk.decision(public, outcome="reversed", reverses="dec-1")
    desk.decision(public, ground="terms", ground_reference="spam")
    desk.decision(public)
    await desk.write()
    await tell(house)
    assert sum((await states(house)).values()) == 1
    assert len(double.stored) == 1


async def test_many_are_told_in_batches_of_a_hundred(house: House, desk: Desk, double: EUDatabase) -> None:
    await decide(desk, 230)
    await tell(house)
    assert double.batches == [100, 100, 30]
    assert len(double.stored) == 230


async def test_a_refused_statement_keeps_no_other_back(house: House, desk: Desk, double: EUDatabase) -> None:
    made = await decide(desk, 5)
    puid = (await puids(house, made))[2]
    double.refuses.add(puid)
    await tell(house)
    assert double.batches == [5, 4]
    (refused,) = await store.statements_in(house.chappe.database, "refused", 0, 9)
    assert refused.decision == made[2]
    assert "The selected category is invalid." in refused.why
    assert set(double.stored) == set(await puids(house, made)) - {puid}


async def puids(house: House, decisions: list[str]) -> list[str]:
    """Queued without being sent, by a look before the double is asked."""
    from chappe.transparency.record import puid_of

    return [puid_of(decision) for decision in decisions]


async def test_where_nobody_says_which_is_wrong_it_is_found(house: House, desk: Desk, double: EUDatabase) -> None:
    made = await decide(desk, 6)
    double.is_mute = True
    double.refuses.add((await puids(house, made))[4])
    await tell(house)
    assert await states(house) == {"queued": 0, "blocked": 0, "sent": 5, "refused": 1}


def breaking(method: str, trouble: str) -> Callable[[str], str | None]:
    return lambda request: trouble if request.startswith(method) else None


async def test_a_line_that_breaks_before_or_after_gives_no_duplicate_and_no_loss(
    house: House, desk: Desk, double: EUDatabase
) -> None:
    made = await decide(desk, 7)
    for trouble in ("before", "after"):
        double.broken = breaking("POST", trouble)
        await tell(house)
        house.clock.advance(FIRST_WAIT_MS * 4 / 1000)
    assert (await states(house))["queued"] == 7
    assert len(double.stored) == 7, "the second time it arrived, and nobody was told"
    double.broken = lambda request: None
    await tell(house)
    assert (await states(house))["sent"] == 7
    assert len(double.stored) == len(made)
    assert double.batches == [7], "what was there was asked for, and not sent again"


async def test_while_it_does_not_say_what_it_has_nothing_is_sent(house: House, desk: Desk, double: EUDatabase) -> None:
    await decide(desk, 2)
    double.broken = lambda request: "before" if request.startswith("POST") else None
    await tell(house)
    for status in ("404", "500", "200"):  # of a proxy: that page knows nothing of any PUID
        double.broken = breaking("GET", status)
        house.clock.advance(86_400)
        await tell(house)
        assert double.batches == []
    double.broken = lambda request: None
    house.clock.advance(86_400)
    await tell(house)
    assert double.batches == [2]


async def test_killed_between_sending_and_noting_it_is_told_once(
    settings: Settings, open_database: Callable[[], "Any"], double: EUDatabase
) -> None:
    clock = Clock()
    chappe = await Chappe.open(settings, clock, await open_database(), CHEAP)
    telling = chappe.resources.of(Telling)

    class Killed(BaseException):
        pass

    there = telling._there
    assert there is not None
    post = there.post

    async def post_and_die(records: list[bytes]) -> Any:
        await post(records)
        raise Killed

    async def dead(puid: str) -> Any:
        raise Killed

    there.post = post_and_die  # type: ignore[method-assign]  # the process ends here: nothing after it runs
    there.has = dead  # type: ignore[method-assign]
    await decide(Desk(chappe.writer), 3)
    with pytest.raises(Killed):
        await telling.catch_up()
    await chappe.close()
    assert len(double.stored) == 3

    again = await Chappe.open(settings, clock, await open_database(), CHEAP)
    await again.resources.of(Telling).catch_up()
    assert (await store.counts(again.database))["sent"] == 3
    assert double.batches == [3]
    await again.close()


async def test_a_token_that_is_not_taken_stops_everything_until_there_is_another(
    house: House, desk: Desk, double: EUDatabase, token_file: Path
) -> None:
    await decide(desk, 2)
    double.new_token("second-token")
    await tell(house)
    house.clock.advance(86_400)
    await tell(house)
    assert double.requests == [("POST", "/api/v1/statements")], "one answer is enough"
    stopped = await store.mark(house.chappe.database, store.STOPPED)
    assert stopped is not None
    assert "first-token" not in str(stopped)
    token_file.write_text("second-token")  # noqa: ASYNC240  # a test waits for nobody
    await tell(house)
    assert (await states(house))["sent"] == 2
    assert await store.mark(house.chappe.database, store.STOPPED) is None


async def test_what_is_there_already_is_done_and_the_others_go(house: House, desk: Desk, double: EUDatabase) -> None:
    made = await decide(desk, 4)
    known = (await puids(house, made))[1]
    double.stored[known] = {"puid": known, "uuid": "u"}
    await tell(house)
    assert (await states(house))["sent"] == 4
    assert double.batches == [4, 3]


async def test_a_server_in_trouble_is_asked_later_and_later(house: House, desk: Desk, double: EUDatabase) -> None:
    await decide(desk, 1)
    double.broken = lambda request: "503"
    waits = []
    for _ in range(4):
        await tell(house)
        asked = len(double.requests)
        (row,) = await house.chappe.database.fetch("SELECT next_try_at FROM database_statement")
        waits.append(round((row[0] - house.clock.now_ms()) / FIRST_WAIT_MS))
        await tell(house)
        assert len(double.requests) == asked, "not before its time"
        house.clock.ms = row[0]
    assert waits == [1, 2, 4, 8]


async def test_while_not_onboarded_everything_is_queued(
    tmp_path: Path, open_database: Callable[[], "Any"], double: EUDatabase
) -> None:
    database: Database = await open_database()
    chappe = await Chappe.open(make_settings(tmp_path), Clock(), database, CHEAP)
    await decide(Desk(chappe.writer), 3)
    await chappe.resources.of(Telling).catch_up()
    assert await store.counts(database) == {"queued": 3, "blocked": 0, "sent": 0, "refused": 0}
    assert double.requests == []
    await chappe.close()


async def test_the_double_is_as_strict_as_the_real_one(double: EUDatabase) -> None:
    headers = {"Authorization": "Bearer first-token", "Accept": "application/json"}
    async with httpx.AsyncClient(base_url=double.url, headers=headers) as client:
        mixed = {**REMOVED, "incompatible_content_ground": "Terms", "incompatible_content_explanation": "Also that."}
        answer = await client.post("/statement", json=mixed)
        assert answer.status_code == 201
        assert "incompatible_content_ground" not in double.stored[REMOVED["puid"]]
        assert double.dropped == ["incompatible_content_ground", "incompatible_content_explanation"][::-1]
        repeated = await client.post("/statement", json=REMOVED)
        assert (repeated.status_code, repeated.json()["existing"]["puid"]) == (422, REMOVED["puid"])
        several = await client.post("/statements", json={"statements": [SUSPENDED, {**SUSPENDED, "puid": "a b"}]})
        assert (several.status_code, list(several.json()["errors"])) == (422, ["statement_1"])
        assert len(double.stored) == 1, "all or nothing"
        assert (await client.post("/statements", json={"statements": []})).status_code == 422
        assert (await client.get(f"/statement/existing-puid/{REMOVED['puid']}")).status_code == 302
        assert (await client.get("/statement/existing-puid/none")).status_code == 404
        double.new_token("x")
        assert (await client.post("/statements", content=json.dumps({}))).status_code == 401


async def test_only_tls_leads_elsewhere(tmp_path: Path, token_file: Path) -> None:
    from chappe.transparency.database import TransparencyDatabase
    from chappe.transparency.replies import Later

    for url in ("http://192.0.2.1", "https://10.0.0.1", "http://10.0.0.1"):
        settings = settings_with(tmp_path, f'database_url = "{url}", database_token_file = "{token_file}"')
        assert settings.transparency is not None
        there = TransparencyDatabase(settings.transparency)
        assert isinstance(await there.post([b"{}"]), Later)
        await there.close()
