"""People with several devices in several rooms, what they do, and what must hold whenever a device syncs."""

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from chappe.app import Chappe
from chappe.config import Settings
from chappe.ids import UserID
from chappe.keys import Inboxes, KeyChanges
from chappe.push import Deciders
from chappe.rooms import Tails
from chappe.storage import Database
from chappe.stream import Device, Log
from chappe.sync.syncing import Syncing, Wish
from chappe.timeline.filters import SyncFilter
from chappe.timeline.visible import Withholding
from tests.house import CHEAP, Clock, House, Person, Said
from tests.invariants.model_client import ModelClient, RoomView
from tests.invariants.truth import EVERYONE, MAIN, Truth, account_data_of, truth_of

PEOPLE = 3
DEVICES = 2
WORD = "3"
"""A word that one of them watches."""
PATIENCE_S = 20
"""Nothing that a person does takes longer, or it hangs."""

Op = tuple[Any, ...]
"""The name of something that a person does, and its arguments."""


class Phone:
    """One device: how it asks, and what it knows."""

    def __init__(self, person: Person, number: int) -> None:
        self.person = person
        self.knows = ModelClient()
        self.lazy = number % 2 == 1
        self.state_after = number % 3 == 1
        self.include_leave = number % 4 == 0
        self.threaded = number % 3 != 0

    def filter(self, limit: int) -> dict[str, Any]:
        room: dict[str, Any] = {
            "timeline": {"limit": limit, "unread_thread_notifications": self.threaded},
            "state": {"lazy_load_members": self.lazy},
        }
        return {"room": {**room, "include_leave": self.include_leave}}

    def query(self, limit: int, **more: Any) -> dict[str, Any]:
        query = {"filter": json.dumps(self.filter(limit)), "timeout": 0, **more}
        return {**query, "use_state_after": "true"} if self.state_after else query


class World:
    """A server that outlives many stories; the people and rooms of one story."""

    numbers = itertools.count()

    def __init__(self, open_database: Callable[[], Awaitable[Database]], settings: Settings) -> None:
        self._open_database = open_database
        self._settings = settings
        self.clock = Clock()
        self.house: House
        self.people: list[Person] = []
        self.phones: list[Phone] = []
        self.rooms: list[str] = []
        self.mentions: dict[str, set[str]] = {}
        self.unheard: dict[str, set[str]] = {}
        """By person, whose messages do not notify them unless they are mentioned."""
        self.threads: dict[str, str] = {}
        """The roots of the threads that events were sent into."""
        self.forgotten: dict[tuple[str, str], str] = {}
        """Which membership event was a person's last one in a room when they forgot it."""

    # The server

    async def open(self) -> None:
        self.house = House(
            await Chappe.open(self._settings, self.clock, await self._open_database(), CHEAP), self.clock
        )

    async def restart(self) -> None:
        """Another process on the same database: nothing that was only in memory is left."""
        await self.house.settle()
        await self.house.close()
        await self.open()
        for phone in self.phones:
            phone.person.house = self.house
        for person in self.people:
            person.house = self.house

    async def begin(self) -> None:
        """A new story: new people, no rooms."""
        self.rooms, self.mentions, self.threads, self.forgotten = [], {}, {}, {}
        names = [f"p{next(self.numbers)}" for _ in range(PEOPLE)]
        self.people = list(await asyncio.gather(*map(self.house.person, names)))
        self.phones = []
        for person in self.people:
            devices = [person, *await asyncio.gather(*(person.another_device() for _ in range(1, DEVICES)))]
            self.phones += [Phone(one, len(self.phones) + n) for n, one in enumerate(devices)]
        await self._set_rules()

    async def _set_rules(self) -> None:
        """One has a word, and another one does not hear the third."""
        first, second, third = self.people
        word = {"pattern": WORD, "actions": ["notify", {"set_tweak": "highlight"}]}
        (await first.put(f"/pushrules/global/content/{WORD}", word)).ok()
        (await second.put(f"/pushrules/global/sender/{quote(third.user_id)}", {"actions": []})).ok()
        self.unheard = {second.user_id: {third.user_id}}

    # What people do

    async def do(self, op: Op) -> None:
        """One act. The server may refuse it, and must not fail."""
        name, *arguments = op
        said: Said | None = await asyncio.wait_for(getattr(self, f"do_{name}")(*arguments), PATIENCE_S)
        assert said is None or said.status < 500, f"{op}: {said.status} {said.text}"

    async def do_all(self, ops: list[Op], phones: list[int]) -> None:
        """All at once, with devices that sync meanwhile, which may see any of it."""
        told = [self._told(self.phones[number], 5) for number in set(phones)]
        await asyncio.gather(*map(self.do, ops), *told)

    async def _told(self, phone: Phone, limit: int) -> None:
        """Sync a few times, so that some answers fall between a commit and its effects."""
        for _ in range(4):
            answer = await self._ask(phone, limit, phone.knows.since)
            phone.knows.take(answer)
            await asyncio.sleep(0.001)

    async def do_create(self, who: int, preset: str, visibility: str, invited: list[int], name: str | None) -> Said:
        body: dict[str, Any] = {"preset": preset, "invite": [self.people[n].user_id for n in set(invited) - {who}]}
        if name is not None:
            body["name"] = name
        state = {"type": "m.room.history_visibility", "content": {"history_visibility": visibility}}
        said = await self.people[who].post("/createRoom", {**body, "initial_state": [state]})
        if said.status == 200:
            self.rooms.append(said.json["room_id"])
        return said

    async def do_member(self, who: int, room: int, act: str, whom: int) -> Said | None:
        """join, leave or forget; or invite, kick, ban or unban somebody."""
        if not self.rooms:
            return None
        person, room_id = self.people[who], self._room(room)
        body = {} if act in ("join", "leave", "forget") else {"user_id": self.people[whom].user_id}
        said = await person.post(f"/rooms/{quote(room_id)}/{act}", body)
        if said.status == 200 and act == "forget":
            member = await self._member(person.user_id, room_id)
            if member is not None:
                self.forgotten[person.user_id, room_id] = member
        return said

    async def _member(self, user_id: str, room_id: str) -> str | None:
        """Somebody's membership event."""
        member = (await truth_of(self.house.chappe.database, room_id)).state().get(("m.room.member", user_id))
        return member.id if member is not None else None

    async def do_send(self, who: int, room: int, count: int, mentioned: list[int] | None) -> Said | None:
        """Some messages; the last mentions people, or everyone (None)."""
        if not self.rooms:
            return None
        person, room_id = self.people[who], self._room(room)
        said: Said | None = None
        for number in range(count):
            content: dict[str, Any] = {"msgtype": "m.text", "body": f"{number}"}
            if number == count - 1 and mentioned is None:
                content["m.mentions"] = {"room": True}
            elif number == count - 1 and mentioned:
                content["m.mentions"] = {"user_ids": [self.people[n].user_id for n in mentioned]}
            txn = f"w{next(self.numbers)}"
            said = await person.put(f"/rooms/{quote(room_id)}/send/m.room.message/{txn}", content)
            if said.status != 200:
                break
            if "m.mentions" in content:
                await self._note_mention(said.json["event_id"], room_id, person, content["m.mentions"])
            if content["body"] == WORD and who != 0:
                self.mentions.setdefault(said.json["event_id"], set()).add(self.people[0].user_id)
        return said

    async def do_relate(self, who: int, room: int, back: int, rel_type: str, mentioned: list[int]) -> Said | None:
        """A message in a thread on an event, or one that refers to it, and mentions people."""
        parent = await self._event_back(room, back)
        if parent is None:
            return None
        person, room_id = self.people[who], self._room(room)
        content: dict[str, Any] = {"msgtype": "m.text", "body": "related"}
        content["m.relates_to"] = {"rel_type": rel_type, "event_id": parent}
        if mentioned:
            content["m.mentions"] = {"user_ids": [self.people[n].user_id for n in mentioned]}
        said = await person.put(f"/rooms/{quote(room_id)}/send/m.room.message/w{next(self.numbers)}", content)
        if said.status == 200:
            truth = await truth_of(self.house.chappe.database, room_id)
            root = parent if rel_type == "m.thread" else truth.thread_of(parent)
            if root is not None:
                self.threads[said.json["event_id"]] = root
            await self._note_mention(said.json["event_id"], room_id, person, content.get("m.mentions", {}))
        return said

    async def _note_mention(self, event_id: str, room_id: str, sender: Person, mentions: dict[str, Any]) -> None:
        truth = await truth_of(self.house.chappe.database, room_id)
        everyone = {EVERYONE} if mentions.get("room") and truth.power(sender.user_id) >= 50 else set()
        self.mentions[event_id] = {*mentions.get("user_ids", ()), *everyone} - {sender.user_id}

    async def do_state(self, who: int, room: int, type: str, state_key: str, content: dict[str, Any]) -> Said | None:
        if not self.rooms:
            return None
        return await self.people[who].set_state(self._room(room), type, content, state_key)

    async def do_power(self, who: int, room: int, whom: int, level: int) -> Said | None:
        """Give somebody a power level in the room, leaving the others as they are."""
        if not self.rooms:
            return None
        truth = await truth_of(self.house.chappe.database, self._room(room))
        levels = dict(truth.state()["m.room.power_levels", ""].content)
        levels["users"] = {**levels.get("users", {}), self.people[whom].user_id: level}
        return await self.people[who].set_state(self._room(room), "m.room.power_levels", levels)

    async def do_redact(self, who: int, room: int, back: int) -> Said | None:
        """Redact an event so far back from the end of the room."""
        event_id = await self._event_back(room, back)
        if event_id is None:
            return None
        await self.house.caught_up("counts")  # what a message said nobody can find out later
        path = f"/rooms/{quote(self._room(room))}/redact/{quote(event_id)}/w{next(self.numbers)}"
        return await self.people[who].put(path, {})

    async def do_receipt(self, who: int, room: int, back: int, type: str, thread: str | None) -> Said | None:
        event_id = await self._event_back(room, back)
        if event_id is None:
            return None
        if thread == "its own":
            thread = self.threads.get(event_id, MAIN)
        body = {} if thread is None else {"thread_id": thread}
        path = f"/rooms/{quote(self._room(room))}/receipt/{type}/{quote(event_id)}"
        return await self.people[who].post(path, body)

    async def do_account_data(self, who: int, room: int | None, type: str, value: int) -> Said | None:
        person = self.people[who]
        path = f"/user/{quote(person.user_id)}"
        if room is not None:
            if not self.rooms:
                return None
            path += f"/rooms/{quote(self._room(room))}"
        return await person.put(f"{path}/account_data/{type}", {"value": value})

    async def do_profile(self, who: int, name: str) -> Said:
        person = self.people[who]
        return await person.put(f"/profile/{quote(person.user_id)}/displayname", {"displayname": name})

    async def do_typing(self, who: int, room: int, typing: bool) -> Said | None:
        if not self.rooms:
            return None
        person = self.people[who]
        path = f"/rooms/{quote(self._room(room))}/typing/{quote(person.user_id)}"
        return await person.put(path, {"typing": typing, "timeout": 100_000})

    def _room(self, number: int) -> str:
        return self.rooms[number % len(self.rooms)]

    async def _event_back(self, room: int, back: int) -> str | None:
        if not self.rooms:
            return None
        events = (await truth_of(self.house.chappe.database, self._room(room))).events
        return events[-1 - back % len(events)].id

    # Syncing, and what must hold

    async def sync(self, number: int, limit: int, *, lost: bool, full_state: bool, page: bool) -> None:
        """One device asks for news and takes them in; or the answer is lost, and it will ask again."""
        phone = self.phones[number]
        await self.house.caught_up("counts")
        more = {"full_state": "true"} if full_state else {}
        answer = await self._ask(phone, limit, phone.knows.since, **more)
        await self._require_visible(phone, answer)
        if lost:
            return
        is_first = phone.knows.since is None
        phone.knows.take(answer, full_state=full_state)
        if page and not is_first:
            await self._require_gaps_can_be_filled(phone, answer)
        await self.require_all_known(phone)

    async def _ask(self, phone: Phone, limit: int, since: str | None, **more: str) -> dict[str, Any]:
        query = phone.query(limit, **more)
        if since is not None:
            query["since"] = since
        asked = asyncio.wait_for(phone.person.get("/sync", **query), PATIENCE_S)
        answer: dict[str, Any] = (await asked).ok()
        return answer

    async def require_all_known(self, phone: Phone) -> None:
        """What the device put together is what a fresh one is told, and what is true."""
        for answer in (await self._ask(phone, 10, None), await self._ask_cold(phone, 10)):
            await self._require_visible(phone, answer)
            fresh = ModelClient()
            fresh.take(answer)
            await self._require_same(phone, fresh)
        await self._require_true(phone)

    async def _ask_cold(self, phone: Phone, limit: int) -> dict[str, Any]:
        """The answer of a server that has nothing in memory but who types."""
        chappe, person = self.house.chappe, phone.person
        log = Log(chappe.log.heads, chappe.log.history)
        inboxes = Inboxes(chappe.database, chappe.writer)
        tails = Tails()
        changes = KeyChanges(chappe.database, log, tails)
        parts = (chappe.typing, chappe.presence, Withholding(), inboxes, changes, Deciders(chappe.database))
        cold = Syncing(chappe.database, log, tails, *parts, self.clock, "cold")
        word = "state_after" if phone.state_after else "state"
        device = Device(UserID(person.user_id), None)
        body = await cold.answer(Wish(device, None, SyncFilter.parse(phone.filter(limit)), False, word, 0), _never)
        answer: dict[str, Any] = json.loads(body)
        return answer

    async def _require_same(self, phone: Phone, fresh: ModelClient) -> None:
        knows, user_id = phone.knows, phone.person.user_id
        assert knows.join.keys() == fresh.join.keys()
        assert {r: _told(events) for r, events in knows.invite.items()} == {
            r: _told(events) for r, events in fresh.invite.items()
        }
        assert knows.account_data == fresh.account_data
        if phone.include_leave:
            members = {room_id: await self._member(user_id, room_id) for room_id in knows.leave}
            known = {room_id for room_id in knows.leave if members[room_id] != self.forgotten.get((user_id, room_id))}
            assert known == fresh.leave.keys()
        for room_id, view in knows.join.items():
            _require_same_room(view, fresh.join[room_id], lazy=phone.lazy)

    async def _require_true(self, phone: Phone) -> None:
        database, user_id = self.house.chappe.database, phone.person.user_id
        account_data = await account_data_of(database, user_id)
        assert phone.knows.account_data.items() >= account_data.get("", {}).items()
        for room_id in self.rooms:
            truth = await truth_of(database, room_id)
            membership = truth.membership(user_id)
            assert (room_id in phone.knows.join) == (membership == "join")
            assert (room_id in phone.knows.invite) == (membership == "invite")
            if membership == "join":
                view = phone.knows.join[room_id]
                _require_true_room(view, truth, user_id, lazy=phone.lazy)
                unheard = self.unheard.get(user_id, set())
                if phone.threaded:
                    by_thread = {MAIN: view.unread, **view.unread_threads}
                    expected = truth.unread_by_thread(user_id, self.mentions, self.threads, unheard)
                    assert by_thread == expected, "unread"
                else:
                    assert view.unread == truth.unread(user_id, self.mentions, unheard), "unread"
                assert view.account_data == account_data.get(room_id, {})
                assert view.typing == self.house.chappe.typing.users(room_id)  # type: ignore[arg-type]

    async def _require_visible(self, phone: Phone, answer: dict[str, Any]) -> None:
        user_id = phone.person.user_id
        for kind in ("join", "leave"):
            for room_id, section in answer.get("rooms", {}).get(kind, {}).items():
                truth = await truth_of(self.house.chappe.database, room_id)
                seen = {event.id for event in truth.seen_by(user_id)}
                if kind == "leave":  # everybody is told that an invitation was taken back
                    seen |= {event.id for event in truth.events if event.state_key == user_id}
                contents = {event.id: event.content for event in truth.events}
                told = section.get("timeline", {}).get("events", [])
                for event in told:
                    assert event["event_id"] in seen, f"{event['type']} was told to someone who may not see it"
                state = section.get("state") or section.get("state_after") or {"events": []}
                for event in state["events"]:
                    event_id = event["event_id"]
                    assert event_id in seen or truth.was_in_at_or_after(user_id, event_id), "state of another time"
                for event in [*told, *state["events"]]:
                    assert event["content"] == contents[event["event_id"]], "content that was redacted"

    async def _require_gaps_can_be_filled(self, phone: Phone, answer: dict[str, Any]) -> None:
        """From where a timeline begins one can go back: what stands before it comes next."""
        for room_id, section in answer.get("rooms", {}).get("join", {}).items():
            timeline = section.get("timeline", {})
            if not timeline.get("limited"):
                continue
            path = f"/rooms/{quote(room_id)}/messages"
            page = (await phone.person.get(path, dir="b", limit=4, **{"from": timeline["prev_batch"]})).ok()["chunk"]
            seen = [
                event.id
                for event in (await truth_of(self.house.chappe.database, room_id)).seen_by(phone.person.user_id)
            ]
            end = seen.index(timeline["events"][0]["event_id"]) if timeline["events"] else len(seen)
            assert [event["event_id"] for event in reversed(page)] == seen[max(0, end - 4) : end]


def _never() -> "asyncio.Future[None]":
    return asyncio.get_running_loop().create_future()


def _told(events: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(event, sort_keys=True) for event in events)


def _require_same_room(view: RoomView, fresh: RoomView, *, lazy: bool) -> None:
    known, given = _comparable(view, lazy=lazy), _comparable(fresh, lazy=lazy)
    assert known.keys() == given.keys(), known.keys() ^ given.keys()
    for key, event in known.items():
        assert event["event_id"] == given[key]["event_id"], f"state {key}"
        is_redacted = "redacted_because" in given[key].get("unsigned", {}) or event["event_id"] in view.redacted
        assert is_redacted or event["content"] == given[key]["content"]
    both = min(len(view.timeline), len(fresh.timeline))
    assert view.timeline_ids[len(view.timeline) - both :] == fresh.timeline_ids[len(fresh.timeline) - both :]
    assert (view.unread, view.unread_threads) == (fresh.unread, fresh.unread_threads), "unread"
    assert view.receipts == fresh.receipts
    assert view.account_data == fresh.account_data, "account data of the room"
    assert view.typing == fresh.typing, "typing"
    for word, value in fresh.summary.items():
        assert view.summary[word] == value, word


def _difference(known: dict[Any, Any], true: dict[Any, Any]) -> str:
    keys = [key for key in known.keys() | true.keys() if known.get(key) != true.get(key)]
    return ", ".join(f"{key}: {known.get(key)} and not {true.get(key)}" for key in keys)


def _comparable(view: RoomView, *, lazy: bool) -> dict[tuple[str, str], dict[str, Any]]:
    return {key: event for key, event in view.state.items() if not (lazy and key[0] == "m.room.member")}


def _require_true_room(view: RoomView, truth: Truth, user_id: str, *, lazy: bool) -> None:
    state = {key: event.id for key, event in truth.state().items()}
    if lazy:
        wanted = {key for key in state if key[0] != "m.room.member"} | view.state_ids.keys()
        state = {key: event_id for key, event_id in state.items() if key in wanted}
        senders = {("m.room.member", event["sender"]) for event in view.timeline}
        assert senders | {("m.room.member", user_id)} <= view.state.keys(), "a sender whose name is not known"
    assert view.state_ids == state, _difference(view.state_ids, state)
    seen = [event.id for event in truth.seen_by(user_id)]
    assert view.timeline_ids == seen[len(seen) - len(view.timeline) :]
    assert view.receipts == truth.receipts_for(user_id)
    counts = (view.summary["m.joined_member_count"], view.summary["m.invited_member_count"])
    assert counts == (truth.members("join"), truth.members("invite"))
