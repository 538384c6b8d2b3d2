"""Finding messages: what is found, by whom, in which order, and what is not found any more."""

import random
from pathlib import Path
from typing import Any

import pytest

from chappe.timeline.purge import purge_originals
from tests.house import House, Person, Said

pytestmark = pytest.mark.anyio


async def edit(person: Person, room_id: str, event_id: str, text: str) -> str:
    relation = {"rel_type": "m.replace", "event_id": event_id}
    more: dict[str, Any] = {"m.relates_to": relation, "m.new_content": {"msgtype": "m.text", "body": text}}
    return await person.send(room_id, f"* {text}", **more)


async def ask(person: Person, term: str, *, next_batch: str = "", **more: Any) -> Said:
    await person.house.caught_up("search")
    body = {"search_categories": {"room_events": {"search_term": term, **more}}}
    return await person.request("POST", "/search", body, query={"next_batch": next_batch} if next_batch else {})


async def find(person: Person, term: str, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await ask(person, term, **more)).ok()["search_categories"]["room_events"]
    return found


async def ids(person: Person, term: str, **more: Any) -> list[str]:
    return [one["result"]["event_id"] for one in (await find(person, term, **more))["results"]]


async def test_a_message_is_found_by_its_words(house: House) -> None:
    """search: all words must stand in it, in any order; large and small letters are the same."""
    ann = await house.person("ann")
    room_id = await ann.create_room(preset="public_chat", name="Tea room", topic="On leaves")
    said = await ann.send(room_id, "Who wants a cup of Tea?")
    other = await ann.send(room_id, "Tea and cake, and more of everything, for everybody")
    assert await ids(ann, "tea", keys=["content.body"]) == [said, other]
    assert await ids(ann, "CAKE tea") == [other]
    assert await ids(ann, "tea coffee") == []
    assert await ids(ann, "te") == []
    assert await ids(ann, "?!") == []
    found = await find(ann, "Tea CUP")
    assert (found["count"], sorted(found["highlights"])) == (1, ["cup", "tea"])
    (one,) = found["results"]
    assert one["rank"] > 0
    assert one["result"]["content"]["body"] == "Who wants a cup of Tea?"
    assert one["result"]["room_id"] == room_id
    names = [one["result"]["type"] for one in (await find(ann, "tea", keys=["content.name"]))["results"]]
    assert names == ["m.room.name"]
    assert len(await ids(ann, "leaves", keys=["content.topic"])) == 1
    assert len(await ids(ann, "tea")) == 3
    assert await ids(ann, "leaves", keys=[]) == []


async def test_scripts_without_spaces_and_hashtags(house: House) -> None:
    ann = await house.person("ann")
    room_id = await ann.create_room(preset="public_chat")
    tower = await ann.send(room_id, "明日は東京タワーへ #Ausflug")
    assert await ids(ann, "東京") == [tower]
    assert await ids(ann, "京") == [tower]
    assert await ids(ann, "京東") == []
    assert await ids(ann, "#ausflug") == [tower]
    assert await ids(ann, "ausflug") == [tower]
    await ann.send(room_id, "ausflug")
    assert await ids(ann, "#ausflug") == [tower]


async def test_an_edit_takes_the_place_of_what_was_said(house: House) -> None:
    ann = await house.person("ann")
    room_id = await ann.create_room(preset="public_chat")
    said = await ann.send(room_id, "coffee")
    edited = await edit(ann, room_id, said, "tea")
    assert await ids(ann, "tea") == [said]
    assert await ids(ann, "coffee") == []
    (one,) = (await find(ann, "tea"))["results"]
    assert one["result"]["unsigned"]["m.relations"]["m.replace"]["event_id"] == edited
    await ann.put(f"/rooms/{room_id}/redact/{edited}/r1", {})
    assert await ids(ann, "tea") == []
    assert await ids(ann, "coffee") == [said]


async def test_everybody_finds_what_they_may_see(house: House) -> None:
    """Also in rooms that they have left, up to then; nothing of people they ignore, and nothing of encrypted rooms."""
    ann, ben, cleo = [await house.person(name) for name in ("ann", "ben", "cleo")]
    visibility = {"type": "m.room.history_visibility", "content": {"history_visibility": "joined"}}
    room_id = await ann.create_room(preset="public_chat", initial_state=[visibility])
    before = await ann.send(room_id, "tea before")
    await ben.join(room_id)
    during = await ann.send(room_id, "tea during")
    await ben.leave(room_id)
    await ann.send(room_id, "tea afterwards")
    await edit(ann, room_id, during, "late tea")
    assert len(await ids(ann, "tea")) == 3
    assert await ids(ben, "late") == [], "the edit came when he was out"
    assert await ids(cleo, "tea") == []
    assert before not in await ids(ben, "tea")
    await ben.join(room_id)
    mine = await ben.send(room_id, "tea of mine")
    hers = await ann.send(room_id, "tea of hers")
    assert await ids(ben, "tea", order_by="recent") == [hers, mine]
    path = f"/user/{ben.user_id}/account_data/m.ignored_user_list"
    (await ben.put(path, {"ignored_users": {ann.user_id: {}}})).ok()
    assert await ids(ben, "tea") == [mine]
    await ann.set_state(room_id, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
    assert await ids(ann, "tea") == []
    await ben.leave(room_id)
    await ben.post(f"/rooms/{room_id}/forget")
    assert await ids(ben, "tea") == []


async def test_filters_orders_and_pages(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    rooms = [await ann.create_room(preset="public_chat") for _ in range(3)]
    sent: list[tuple[str, str, str]] = []
    for number in range(30):
        who = (ann, ben)[number % 2]
        room_id = rooms[number % 3]
        await who.join(room_id)
        sent.append((await who.send(room_id, f"tea {'x' * (number * 7 % 30)}"), room_id, who.user_id))
    newest = [event_id for event_id, _, _ in reversed(sent)]
    assert await ids(ann, "tea", order_by="recent", filter={"limit": 50}) == newest
    found = await find(ann, "tea", filter={"limit": 50})
    ranks = [one["rank"] for one in found["results"]]
    assert ranks == sorted(ranks, reverse=True)
    assert ranks[0] > ranks[-1]
    assert "next_batch" not in found
    for order in ("recent", "rank"):
        whole = await ids(ann, "tea", order_by=order, filter={"limit": 50})
        paged, token = list[str](), ""
        for _ in range(10):
            page = await find(ann, "tea", order_by=order, filter={"limit": 7}, next_batch=token)
            paged += [one["result"]["event_id"] for one in page["results"]]
            if (token := page.get("next_batch", "")) == "":
                break
        assert paged == whole
    there = [event_id for event_id, room_id, _ in sent if room_id == rooms[1]]
    assert sorted(await ids(ann, "tea", filter={"rooms": [rooms[1]], "limit": 50})) == sorted(there)
    bens = [event_id for event_id, _, sender in sent if sender == ben.user_id]
    assert sorted(await ids(ann, "tea", filter={"senders": [ben.user_id], "limit": 50})) == sorted(bens)
    assert await ids(ann, "tea", filter={"types": ["m.room.topic"]}) == []
    grouped = await find(
        ann, "tea", order_by="recent", filter={"limit": 6}, groupings={"group_by": [{"key": "room_id"}]}
    )
    groups = grouped["groups"]["room_id"]
    assert {event_id for group in groups.values() for event_id in group["results"]} == set(newest[:6])
    rest = await find(ann, "tea", order_by="recent", filter={"limit": 50}, next_batch=groups[rooms[1]]["next_batch"])
    assert [one["result"]["event_id"] for one in rest["results"]] == [
        event_id for event_id in newest[6:] if event_id in there
    ]
    for wrong in ({"order_by": "age"}, {"groupings": {"group_by": [{"key": "type"}]}}, {"filter": {"limit": "x"}}):
        assert (await ask(ann, "tea", **wrong)).status == 400
    for token in ("x", "e30", "W10", "A" * 2_000):
        assert (await ask(ann, "tea", next_batch=token)).status == 400


async def test_much_that_is_found_in_one_room_does_not_hide_another(house: House) -> None:
    """Page by page in the order of time, through more than is asked of a room at once."""
    ann = await house.person("ann")
    rooms = [await ann.create_room(preset="public_chat") for _ in range(2)]
    sent = [await ann.send(rooms[number % 7 == 0], "tea") for number in range(150)]
    paged, token = list[str](), ""
    for _ in range(30):
        page = await find(ann, "tea", order_by="recent", filter={"limit": 20}, next_batch=token)
        paged += [one["result"]["event_id"] for one in page["results"]]
        if (token := page.get("next_batch", "")) == "":
            break
    assert paged == sent[::-1]


async def test_what_is_told_around_a_message(house: House) -> None:
    """event_context with profiles as they were, and the room's state."""
    ann = await house.person("ann")
    await ann.put(f"/profile/{ann.user_id}/displayname", {"displayname": "ann"})
    room_id = await ann.create_room(preset="public_chat", name="Hall")
    sent = [await ann.send(room_id, text) for text in ("one", "two", "tea", "four", "five")]
    await ann.put(f"/profile/{ann.user_id}/displayname", {"displayname": "Anna"})
    wish = {"before_limit": 1, "after_limit": 2, "include_profile": True}
    found = await find(ann, "tea", event_context=wish, include_state=True)
    context = found["results"][0]["context"]
    assert [event["event_id"] for event in context["events_before"]] == [sent[1]]
    assert [event["event_id"] for event in context["events_after"]] == sent[3:]
    assert context["profile_info"] == {ann.user_id: {"displayname": "ann"}}
    older = (await ann.get(f"/rooms/{room_id}/messages", dir="b", limit=1, **{"from": context["start"]})).ok()
    assert older["chunk"][0]["event_id"] == sent[0]
    assert {"Hall"} == {e["content"]["name"] for e in found["state"][room_id] if e["type"] == "m.room.name"}
    empty = await find(ann, "tea", event_context={"before_limit": 0, "after_limit": 0})
    assert empty["results"][0]["context"]["events_before"] == []


async def test_what_is_redacted_or_erased_is_gone_from_the_index(house: House) -> None:
    """At once where it is redacted; and with an account that ends, also for those who still may read it."""
    ann, xenia = await house.person("ann"), await house.person("xenia")
    room_id = await ann.create_room(preset="public_chat")
    await xenia.join(room_id)
    said = await ann.send(room_id, "zygote")
    await xenia.send(room_id, "quagga")
    assert len(await ids(ann, "quagga")) == len(await ids(ann, "zygote")) == 1
    (await ann.put(f"/rooms/{room_id}/redact/{said}/r1", {})).ok()
    words = "SELECT word FROM search_word ORDER BY word"
    assert [row[0] for row in await house.chappe.database.fetch(words)] == ["quagga"]
    auth = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": "xenia"}}
    (await xenia.post("/account/deactivate", {"auth": {**auth, "password": house.PASSWORD}, "erase": True})).ok()
    assert await ids(ann, "quagga") == []
    assert await house.chappe.database.fetch(words) == []
    (reader,) = [one for one in house.chappe.readers if one.name == "search"]
    reader.positions = [0] * len(reader.positions)  # as after a crash
    await ann.send(room_id, "last")
    assert await ids(ann, "quagga") == await ids(ann, "zygote") == []
    assert [row[0] for row in await house.chappe.database.fetch(words)] == ["last"]


async def test_an_erased_word_is_gone_from_the_file(house: House, engine: str, tmp_path: Path) -> None:
    """Not only from what can be asked for: SQLite leaves what is deleted in its file, unless it is told not to."""
    if engine != "sqlite":
        # PostgreSQL clears away what was deleted by itself (VACUUM), which this asks for, and then looks for the row.
        return await _gone_from_postgres(house)
    ann = await house.person("ann")
    room_id = await ann.create_room(preset="public_chat")
    for number in range(200):
        await ann.send(room_id, f"filler{number} for the pages")
    said = await ann.send(room_id, "zygomorphic")
    assert await ids(ann, "zygomorphic") == [said]
    (await ann.put(f"/rooms/{room_id}/redact/{said}/r1", {})).ok()
    house.clock.advance(86_400 * 400)
    await purge_originals(house.chappe.bus, house.clock, 7)
    await house.chappe.database.fetch("PRAGMA wal_checkpoint(TRUNCATE)")
    written = [path for path in house.chappe.settings.data_dir.glob("chappe.db*") if path.is_file()]
    assert written
    assert [path.name for path in written if b"zygomorphic" in path.read_bytes()] == []
    return None


async def _gone_from_postgres(house: House) -> None:
    ann = await house.person("ann")
    room_id = await ann.create_room(preset="public_chat")
    said = await ann.send(room_id, "zygomorphic")
    assert await ids(ann, "zygomorphic") == [said]
    (await ann.put(f"/rooms/{room_id}/redact/{said}/r1", {})).ok()
    await house.chappe.database.fetch("VACUUM search_word")
    left = await house.chappe.database.fetch("SELECT 1 FROM search_word WHERE word = 'zygomorphic'")
    assert left == []


async def test_what_comes_again_is_found_once(house: House) -> None:
    """A reader deals again with what came after its saved position; at random, what is found is what is there."""
    ann = await house.person("ann")
    room_id = await ann.create_room(preset="public_chat")
    chance = random.Random(1)
    said: dict[str, str] = {}
    (reader,) = [one for one in house.chappe.readers if one.name == "search"]
    for number in range(60):
        word = chance.choice(["tea", "cake", "milk"])
        act = chance.choice(["say", "say", "edit", "redact", "again"])
        event_id = chance.choice([*said, ""])
        if act == "say" or not event_id:
            said[await ann.send(room_id, word)] = word
        elif act == "edit":
            said[event_id] = word
            await edit(ann, room_id, event_id, word)
        elif act == "redact":
            del said[event_id]
            await ann.put(f"/rooms/{room_id}/redact/{event_id}/r{number}", {})
        else:
            reader.positions = [0] * len(reader.positions)
            said[await ann.send(room_id, word)] = word
        if number % 10 == 9:
            for one in ("tea", "cake", "milk"):
                expected = sorted(event_id for event_id, word in said.items() if word == one)
                assert sorted(await ids(ann, one, filter={"limit": 50})) == expected, number
