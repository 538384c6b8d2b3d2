"""Rules in a server: what they see, what they do, who makes them act. R138, R139, R107, R115."""

import asyncio
from typing import Any

import pytest

from chappe import rules
from chappe.errors import Refused
from chappe.operators import Role
from chappe.rules import change, past, protect, store, watch
from chappe.rules.expression import Expression
from chappe.rules.follow import pause_waiting
from chappe.rules.hits import MAX_WAITING, hit_of
from chappe.rules.rule import Stage
from chappe.stream import Log
from tests.house import Said
from tests.rules.conftest import PUBLIC, Desk, written

pytestmark = pytest.mark.anyio


async def said(person: Any, room_id: str, body: str) -> Said:
    path = f"/rooms/{room_id}/send/m.room.message/{next(person._transactions)}x"
    return await person.put(path, {"msgtype": "m.text", "body": body})  # type: ignore[no-any-return]


async def test_a_live_rule_tells_of_a_message_once_and_explains_itself(desk: Desk) -> None:
    anna = await desk.house.person("anna")
    room_id = await anna.create_room(**PUBLIC)
    await desk.rule("coins", 'body.contains("coins") && sender_age_s < 86400')
    await anna.send(room_id, "hello")
    event_id = await anna.send(room_id, "free coins")
    (hit,) = await desk.found()
    assert (hit.event_id, hit.room_id, hit.sender) == (event_id, room_id, anna.user_id)
    assert hit.explanation == "Rule coins, version 1: It looks like spam."
    assert hit.facts["body"] == "free coins"
    (noted,) = await desk.hits("coins")
    assert noted.is_live
    assert noted.event_id == event_id


async def test_a_rule_in_shadow_only_says_what_it_would_do(desk: Desk) -> None:
    """R138."""
    anna = await desk.house.person("anna")
    room_id = await anna.create_room(**PUBLIC)
    await desk.rule("coins", 'body.contains("coins")', is_live=False, action="hold")
    assert (await said(anna, room_id, "free coins")).status == 200
    assert await desk.found() == []
    (noted,) = await desk.hits("coins")
    assert not noted.is_live
    assert noted.facts["body"] == "free coins"


@pytest.mark.parametrize("preset", ["private_chat", "trusted_private_chat"])
async def test_what_is_said_in_private_chats_is_not_looked_at(desk: Desk, preset: str) -> None:
    """R107."""
    anna = await desk.house.person("anna")
    room_id = await anna.create_room(preset=preset)
    for action in ("queue", "hold"):
        await desk.rule(f"all-{action}", "true", action=action)
    await desk.rule("states", "true", happening="state")
    await anna.send(room_id, "free coins")
    await anna.set_state(room_id, "m.room.topic", {"topic": "free coins"})
    assert await desk.found() == []
    assert await desk.hits("all-hold") == []
    open_room = await anna.create_room(**PUBLIC)
    path = f"/rooms/{open_room}/send/m.room.encrypted/t1"
    assert (await anna.put(path, {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x"})).status == 200


async def test_a_rule_that_holds_up_refuses_and_says_why(desk: Desk) -> None:
    anna = await desk.house.person("anna")
    room_id = await anna.create_room(**PUBLIC)
    await desk.rule("flood", "messages_last_minute > 3 && sender_power < 50", action="hold", why="Not so fast.")
    ben = await desk.house.person("ben")
    await ben.join(room_id)
    answers = [await said(ben, room_id, f"message {number}") for number in range(5)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[3].errcode == "M_LIMIT_EXCEEDED"
    assert "Not so fast. (Rule flood, version 1.)" in answers[3].json["error"]
    assert answers[3].json["retry_after_ms"] > 0
    assert all([(await said(anna, room_id, "mine")).status == 200 for _ in range(5)])
    first = answers[0].json["event_id"]
    assert (await ben.put(f"/rooms/{room_id}/redact/{first}/t1", {})).status == 200  # what makes less of it goes on
    desk.house.clock.advance(61)
    assert (await said(ben, room_id, "later")).status == 200
    assert await desk.found() == []
    assert len(await desk.hits("flood")) == 2


async def test_repeated_texts_are_counted_across_people_and_rooms(desk: Desk) -> None:
    """R139."""
    people = [await desk.house.person(name) for name in ("anna", "ben", "cleo")]
    rooms = [await one.create_room(**PUBLIC) for one in people]
    await desk.rule("repeated", "repeated_by >= 3", action="hold")
    answers = [
        await said(person, room_id, f"Buy NOW!!! number {number}")
        for number, (person, room_id) in enumerate(zip(people, rooms, strict=True))
    ]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert (await said(people[2], rooms[2], "something else")).status == 200
    assert (await said(people[2], rooms[2], "ok")).status == 200  # short texts are everybody's


async def test_invitations_are_counted_and_what_is_said_is_not(desk: Desk) -> None:
    """Metadata may act on accounts (R115); a mass invitation is held up, from private rooms, too (R139)."""
    anna = await desk.house.person("anna")
    others = [await desk.house.person(f"p{number}") for number in range(4)]
    await desk.rule("invites", "invites_last_hour > 2", happening="invite", action="hold")
    room_id = await anna.create_room(preset="private_chat")
    statuses = [(await anna.invite(room_id, one.user_id)).status for one in others]
    assert statuses == [200, 200, 429, 429]
    found = await desk.hits("invites")
    assert {hit.facts["target"] for hit in found} == {others[2].user_id, others[3].user_id}
    assert not any("body" in hit.facts for hit in found)


async def test_a_wave_of_joins_pauses_the_room_and_that_can_be_undone(desk: Desk) -> None:
    """R139."""
    anna = await desk.house.person("anna")
    room_id = await anna.create_room(**PUBLIC)
    await desk.rule("wave", "joins_last_minute > 3", happening="join", action="pause", why="Too many at once.")
    people = [await desk.house.person(f"p{number}") for number in range(6)]
    statuses = [(await one.join(room_id)).status for one in people[:4]]
    assert statuses == [200, 200, 200, 429]
    await pause_waiting(desk.house.chappe.resources.of(rules.Pausing), desk.house.chappe.bus)
    desk.house.clock.advance(120)  # the wave is over, the pause is not
    answer = await people[4].join(room_id)
    assert answer.status == 429
    assert "takes in nobody now: Too many at once." in answer.json["error"]
    (held,) = await store.protections(desk.house.chappe.database, desk.house.clock.now_ms())
    assert held.by_whom == "rule wave 1"
    await desk.call(await desk.staff(), protect.unprotect_room, room_id, "pause")
    assert (await people[4].join(room_id)).status == 200
    acts = [act for act, _, _ in await desk.office.acts() if act.startswith("room.")]
    assert acts == ["room.protected", "room.unprotected"]
    assert (await people[0].leave(room_id)).status == 200  # whoever is in a room may always leave


async def test_slow_mode_lets_each_person_speak_now_and_then(desk: Desk) -> None:
    """R139."""
    anna, ben = await desk.house.person("anna"), await desk.house.person("ben")
    room_id = await anna.create_room(**PUBLIC)
    other = await ben.create_room(**PUBLIC)
    await ben.join(room_id)
    staff = await desk.staff()
    await desk.call(staff, protect.protect_room, room_id, "slow", 10, 30, "A heated evening.")
    assert (await said(ben, room_id, "one")).status == 200
    answer = await said(ben, room_id, "two")
    assert answer.status == 429
    assert 0 < answer.json["retry_after_ms"] <= 30_000
    assert (await said(ben, other, "elsewhere")).status == 200
    assert all([(await said(anna, room_id, "the moderator")).status == 200 for _ in range(3)])
    desk.house.clock.advance(31)
    assert (await said(ben, room_id, "two")).status == 200
    desk.house.clock.advance(600)
    assert all([(await said(ben, room_id, "over")).status == 200 for _ in range(3)])
    await desk.current.load()
    assert desk.current.is_idle
    for wrong in (("slow", 10, 0), ("slow", 0, 5), ("pause", 10_081, 0), ("other", 1, 1)):
        with pytest.raises(Refused):
            await desk.call(staff, protect.protect_room, room_id, *wrong, "why")
    with pytest.raises(Refused):
        await desk.call(ben, protect.protect_room, room_id, "pause", 5, 0, "why")


async def test_a_watched_policy_list_is_a_fact_and_follows_its_room(desk: Desk) -> None:
    """`m.policy.rule.*`, as moderation bots keep them."""
    anna, ben = await desk.house.person("anna"), await desk.house.person("ben")
    room_id, list_room = await anna.create_room(**PUBLIC), await anna.create_room(preset="private_chat")
    await desk.call(await desk.staff(), watch.watch_list, "spammers", list_room)
    await desk.rule("listed", '"spammers" in listed', happening="join", action="hold", why="You are on a list.")
    await desk.current.load()
    assert (await ben.join(room_id)).status == 200
    await ben.leave(room_id)
    ban = {"entity": "@ben:*", "recommendation": "m.ban", "reason": "spam"}
    assert (await anna.set_state(list_room, "m.policy.rule.user", ban, "rule:ben")).status == 200
    for _ in range(1_000):  # taken up by itself
        if desk.current.lists.naming((ben.user_id,), room_id):
            break
        await asyncio.sleep(0.01)
    answer = await ben.join(room_id)
    assert answer.status == 429
    assert "You are on a list." in answer.json["error"]
    await anna.set_state(list_room, "m.policy.rule.user", {}, "rule:ben")
    await desk.current.load()
    assert (await ben.join(room_id)).status == 200
    await desk.call(await desk.staff(), watch.unwatch_list, "spammers")
    with pytest.raises(Refused):
        await desk.call(await desk.staff(), watch.watch_list, "No Name", list_room)


async def test_registrations_take_work_while_a_rule_says_so(desk: Desk) -> None:
    """R139."""
    from chappe.accounts.work import WORK, is_done

    await desk.rule("crowd", "registrations_last_minute > 1", happening="registration", action="prove")
    ask = desk.house.request
    body = {"username": "first", "password": "correct horse battery"}
    first = await ask("POST", "/register", {**body, "auth": {"type": "m.login.dummy"}})
    assert first.status == 200
    body["username"] = "second"
    told = await ask("POST", "/register", body)
    assert told.status == 401
    assert told.json["flows"] == [{"stages": [WORK, "m.login.dummy"]}]
    session, work = told.json["session"], told.json["params"][WORK]
    for nonce in (None, "", "x", "y" * 65):
        auth = {"type": WORK, "session": session, **({"nonce": nonce} if nonce is not None else {})}
        wrong = await ask("POST", "/register", {**body, "auth": auth})
        assert (wrong.status, wrong.errcode) == (401, "M_FORBIDDEN")
    skipped = await ask("POST", "/register", {**body, "auth": {"type": "m.login.dummy", "session": session}})
    assert skipped.status == 401
    nonce = next(str(number) for number in range(1 << 26) if is_done(work["prefix"], str(number)))
    done = await ask("POST", "/register", {**body, "auth": {"type": WORK, "session": session, "nonce": nonce}})
    assert done.json["completed"] == [WORK]
    made = await ask("POST", "/register", {**body, "auth": {"type": "m.login.dummy", "session": session}})
    assert made.status == 200
    # A client that does not know the stage opens a page of the server.
    told = await ask("POST", "/register", {**body, "username": "paged"})
    session, work = told.json["session"], told.json["params"][WORK]
    page = f"/_matrix/client/v3/auth/{WORK}/fallback/web"
    shown = await ask("GET", page, query={"session": session})
    assert (shown.status, f'data-prefix="{work["prefix"]}"' in shown.text) == (200, True)
    assert (await ask("POST", page, b"nonce=0x", query={"session": session})).status == 400
    found = next(str(number) for number in range(1 << 26) if is_done(work["prefix"], str(number)))
    assert (await ask("POST", page, f"nonce={found}".encode(), query={"session": session})).status == 200
    last = {**body, "username": "paged", "auth": {"type": "m.login.dummy", "session": session}}
    assert (await ask("POST", "/register", last)).status == 200
    # Work is for one account: its session is used up.
    again = {**body, "username": "third", "auth": {"type": WORK, "session": session, "nonce": nonce}}
    assert (await ask("POST", "/register", again)).status == 401
    desk.house.clock.advance(61)
    body["username"] = "fourth"
    assert (await ask("POST", "/register", {**body, "auth": {"type": "m.login.dummy"}})).status == 200


async def test_a_rule_is_tried_on_what_was_said_before(desk: Desk) -> None:
    """R138."""
    anna, ben = await desk.house.person("anna"), await desk.house.person("ben")
    room_id, private = await anna.create_room(**PUBLIC), await anna.create_room(preset="private_chat")
    await ben.join(room_id)
    for person in (anna, ben):
        await person.send(room_id, "the same words here")
    await anna.send(private, "the same words here")
    await anna.send(room_id, "hello there")
    await desk.house.settle()
    resources = desk.house.chappe.resources
    expression = Expression("repeated_by > 1 && body.startsWith('the same')")
    database = desk.house.chappe.database
    tried = await past.try_on_past(database, resources.of(Log), desk.current.lists, expression)
    assert tried.looked_at == 3
    assert tried.held == 1
    assert (tried.shown[0].sender, tried.shown[0].room_id) == (ben.user_id, room_id)
    failing = await past.try_on_past(database, resources.of(Log), desk.current.lists, Expression("1 / links > 0"))
    assert failing.failed == 3


async def test_versions_expiry_and_who_may(desk: Desk) -> None:
    """R138."""
    anna = await desk.house.person("anna")
    room_id = await anna.create_room(**PUBLIC)
    await desk.rule("one", "true", days=1)
    await desk.rule("one", "links > 0", is_live=False)
    database = desk.house.chappe.database
    stages = {one.version: one.stage for one in await store.all_rules(database, 10)}
    assert stages == {1: Stage.LIVE, 2: Stage.SHADOW}
    await desk.rule("one", "links > 1", is_live=False)  # the next one in shadow takes the place of the last
    await desk.call(None, change.go_live, "one", 3, "x", "p")
    await desk.current.load()
    stages = {one.version: one.stage for one in await store.all_rules(database, 10)}
    assert stages == {1: Stage.RETIRED, 2: Stage.RETIRED, 3: Stage.LIVE}
    with pytest.raises(Refused):
        await desk.call(None, change.go_live, "one", 2, "x", "p")
    staff = await desk.staff()
    await desk.call(staff, change.retire_rule, "one", 3, "enough")
    with pytest.raises(Refused):
        await desk.call(staff, change.retire_rule, "one", 3, "enough")
    await desk.rule("two", "true", days=1)
    await anna.send(room_id, "x")
    assert len(await desk.found()) == 1
    desk.house.clock.advance(86_400)
    await anna.send(room_id, "x")
    assert len(await desk.found()) == 1  # it has ended, also before it is let go of
    with pytest.raises(Refused):
        await desk.call(anna, change.write_rule, written("three", "true"))
    wrong: list[dict[str, Any]] = [
        {"name": "No Name"}, {"expression": "links"}, {"action": "pause"}, {"happening": "x"}, {"topic": "x"},
        {"why": " "}, {"owner": ""}, {"days": 0}, {"days": 367}, {"why": "x" * 501},
    ]  # fmt: skip
    for one in wrong:
        fields = {"name": "three", "expression": "true", **one}
        with pytest.raises(Refused):
            await desk.call(staff, change.write_rule, written(**fields))


async def test_a_rule_that_cannot_say_anything_stops_nobody(desk: Desk) -> None:
    anna = await desk.house.person("anna")
    room_id = await anna.create_room(**PUBLIC)
    await desk.rule("broken", "1 / links > 0", action="hold")
    await desk.rule("fine", "true")
    assert (await said(anna, room_id, "x")).status == 200
    assert len(await desk.found()) == 1
    assert desk.current.engine.failures == {"broken": 1}


async def test_hits_that_nobody_acts_on_are_bounded(desk: Desk) -> None:
    await desk.rule("many", "true", is_live=False)
    (rule,) = await store.on(desk.house.chappe.database, desk.house.clock.now_ms())
    hits = desk.house.chappe.resources.of(rules.Hits)
    for number in range(MAX_WAITING + 5):
        hits.note(hit_of(rule, {}, "@a:x", "!r", f"${number}"))
    assert hits.lost == 5
    await hits.write()
    assert await store.counts(desk.house.chappe.database) == {("many", 1): {False: MAX_WAITING}}
    from chappe.rules.follow import INTERVAL_S
    from chappe.rules.hits import KEPT_MS

    assert INTERVAL_S
    old = await store.old_hits(desk.house.chappe.database, desk.house.clock.now_ms() + KEPT_MS, 10)
    assert len(old) == 10


async def test_the_console_writes_tries_and_makes_rules_act_by_two(desk: Desk) -> None:
    from tests.operators.conftest import Browser

    browsers = []
    for name, language in (("sam", "en"), ("sid", "fr")):
        browser = Browser(desk.house, language)
        await browser.log_in(await desk.office.staff(name, Role.SENIOR_MODERATOR))
        browsers.append(browser)
    first, second = browsers
    anna = await desk.house.person("anna")
    room_id = await anna.create_room(**PUBLIC)
    await anna.send(room_id, "<b>free</b> coins")
    await desk.house.settle()
    form = {
        "name": "coins", "happening": "message", "expression": 'body.contains("coins")', "does": "queue",
        "topic": "spam", "why": "It looks like spam.", "owner": "Sam", "days": "30",
    }  # fmt: skip
    tried = await first.submit("/rules", "/rules/write", **form, do="try")
    assert tried.status_code == 200, tried.text
    assert "1 of the newest 1 messages" in tried.text
    assert "&lt;b&gt;free&lt;/b&gt; coins" in tried.text
    wrong = await first.submit("/rules", "/rules/write", **{**form, "expression": "links"}, do="write")
    assert wrong.status_code == 400
    assert "yes or no" in wrong.text
    assert (await first.submit("/rules", "/rules/write", **form, do="write")).status_code == 303
    assert "coins 1" in (await second.get("/rules")).text
    proposed = await first.submit("/rules/coins/1", "/rules/live", reason="It found spam alone.")
    path = proposed.headers["location"].partition("/_chappe/console")[2].partition("?")[0]
    assert (await first.post(f"{path}/approve", {})).status_code == 403
    assert "body.contains" in (await second.get(path)).text
    assert (await second.submit(path, f"{path}/approve")).status_code == 303
    await desk.current.load()
    await anna.send(room_id, "more coins")
    assert len(await desk.found()) == 1
    assert "more coins" in (await second.get("/rules/coins/1")).text
    protected = await first.submit(
        "/rules", "/rules/protect", room=room_id, kind="pause", minutes="5", seconds="30", why="a raid"
    )
    assert protected.status_code == 303
    assert "a raid" in (await second.get("/rules")).text
    assert (await second.submit("/rules", "/rules/unprotect")).status_code == 303
    assert (await first.submit("/rules", "/rules/watch", name="bad", room=room_id)).status_code == 303
    assert (await first.submit("/rules", "/rules/unwatch")).status_code == 303
    assert (await second.submit("/rules/coins/1", "/rules/retire", reason="enough")).status_code == 303
    stranger = Browser(desk.house)
    await stranger.log_in(await desk.office.staff("ada", Role.ADMINISTRATOR))
    assert (await stranger.get("/rules")).status_code == 403
