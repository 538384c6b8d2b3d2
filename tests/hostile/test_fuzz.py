"""Hostile acts in a room, in every room version: after each, nothing is stored by half and everything is readable."""

import json
import os
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from chappe.events.versions import ROOM_VERSIONS
from tests.hostile.drawing import ANY_JSON, bodies, filled, spoilt
from tests.hostile.estate import Estate
from tests.hostile.requests import BODIES, CONTENTS, FILTER

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

SOAK_EXAMPLES = int(os.environ.get("CHAPPE_SOAK_EXAMPLES", "20000"))

Act = tuple[str, str, str, Any]
"""Who, method, path and body; the names in braces are filled in when it is sent."""

WHO = st.sampled_from(["ann", "ann", "ben", "eve"])
TYPES = st.sampled_from([*CONTENTS, "m.room.aliases", "x" * 256, "a\u202eb", "."])
STATE_KEYS = st.sampled_from(
    [
        "",
        "",
        "",
        "@ann:localhost",
        "@ben:localhost",
        "@eve:localhost",
        "@mallory:elsewhere.example",
        "@",
        "x",
        "x" * 256,
    ]
)
MARKERS = BODIES["POST /_matrix/client/v3/rooms/{room_id}/read_markers"]
RIGHT_ROOM = BODIES["POST /_matrix/client/v3/createRoom"]


@st.composite
def events(draw: st.DrawFn) -> Act:
    event_type = draw(TYPES)
    content = draw(bodies(CONTENTS.get(event_type, CONTENTS["org.example.any"])))
    number = draw(st.integers(0, 3))
    return draw(WHO), "PUT", f"/rooms/{{room}}/send/{quote(event_type)}/t{number}", content


@st.composite
def states(draw: st.DrawFn) -> Act:
    event_type, key = draw(TYPES), draw(STATE_KEYS)
    content = draw(bodies(CONTENTS.get(event_type, CONTENTS["org.example.any"])))
    return draw(WHO), "PUT", f"/rooms/{{room}}/state/{quote(event_type)}/{quote(key)}", content


def posts(path: str, right: Any, method: str = "POST") -> st.SearchStrategy[Act]:
    return st.tuples(WHO, st.just(method), st.just(path), bodies(right))


ACTS: st.SearchStrategy[Act] = st.one_of(
    *[events()] * 6,
    *[states()] * 12,
    *[
        posts(f"/rooms/{{room}}/{act}", {"user_id": "@eve:localhost", "reason": "so"})
        for act in ("invite", "kick", "ban")
    ],
    posts("/rooms/{room}/unban", {"user_id": "@eve:localhost"}),
    posts("/rooms/{room}/leave", {"reason": "so"}),
    posts("/rooms/{room}/join", {"reason": "so"}),
    posts("/knock/{room}", {"reason": "so"}),
    posts("/rooms/{room}/forget", {}),
    posts("/rooms/{room}/redact/{event}/t1", {"reason": "so"}, "PUT"),
    posts("/rooms/{room}/receipt/m.read/{event}", {"thread_id": "main"}),
    posts("/rooms/{room}/read_markers", {**MARKERS, "m.read": "{event}", "m.fully_read": "{event}"}),
    posts("/rooms/{room}/typing/@ann:localhost", {"typing": True, "timeout": 1}, "PUT"),
    posts("/user/@ann:localhost/rooms/{room}/account_data/m.tag", {"tags": {"u.a": {"order": 0.5}}}, "PUT"),
    posts("/user/@ann:localhost/account_data/m.direct", {"@ben:localhost": ["{room}"]}, "PUT"),
    posts("/user/@ann:localhost/account_data/m.ignored_user_list", {"ignored_users": {"@ben:localhost": {}}}, "PUT"),
    posts("/profile/@ann:localhost/displayname", {"displayname": "Ann"}, "PUT"),
    posts("/profile/@ann:localhost/org.example.any", {"org.example.any": {"a": [1.5]}}, "PUT"),
    posts("/directory/room/%23other:localhost", {"room_id": "{room}"}, "PUT"),
    posts("/directory/list/room/{room}", {"visibility": "public"}, "PUT"),
    posts("/createRoom", RIGHT_ROOM),
    posts("/publicRooms", {"limit": 5, "filter": {"generic_search_term": "t", "room_types": [None]}}),
    posts("/user_directory/search", {"search_term": "be", "limit": 5}),
    posts("/search", {"search_categories": {"room_events": {"search_term": "hi", "filter": {"limit": 5}}}}),
)
"""Anything that changes a room, or something about it."""


async def attack(estate: Estate, version: str, acts: list[Act]) -> None:
    note(f"version {version}: {acts}")
    room = await estate.ann.create_room(preset="public_chat", room_version=version, visibility="public")
    (await estate.ben.join(room)).ok()
    names = {
        "room": room,
        "fresh": estate.fresh(),
        "event": await estate.ben.send(room, "hello", txn=f"hello in {room}"),
    }
    token = (await estate.ask("GET", "/sync", token=estate.ben.token)).json["next_batch"]
    for who, method, path, body in acts:
        before = await estate.stored()
        said = await estate.ask(method, filled(path, names), filled(body, names), token=getattr(estate, who).token)
        if said.status >= 400:
            assert await estate.stored() == before, f"stored by half: {said}"
        elif isinstance(said.json, dict) and "event_id" in said.json:
            names["event"] = said.json["event_id"]
        elif path == "/createRoom" and who == "ann":
            names["room"] = said.json["room_id"]
    for one in {room, names["room"]}:
        await read_everything(estate, one, names["event"], token)
        for person in (estate.ann, estate.ben, estate.eve):
            await person.leave(one)  # so that nobody's /sync grows from example to example


async def read_everything(estate: Estate, room: str, event: str, token: str) -> None:
    """Whoever may look in can read it all, whatever was put there, and the directory can show it."""
    await estate.ask("PUT", f"/directory/list/room/{room}", {}, token=estate.ann.token)
    for person in (estate.ann, estate.ben, estate.eve):
        member = await estate.ask("GET", f"/rooms/{room}/state/m.room.member/{person.user_id}", token=person.token)
        is_in = member.status == 200 and member.json.get("membership") == "join"
        for path, query in (
            (f"/rooms/{room}/state", b""),
            (f"/rooms/{room}/members", b""),
            (f"/rooms/{room}/joined_members", b""),
            (f"/rooms/{room}/messages", b"dir=b&limit=100"),
            (
                f"/rooms/{room}/messages",
                b"dir=f&limit=3&filter={%22lazy_load_members%22:true,%22contains_url%22:false}",
            ),
            (f"/rooms/{room}/aliases", b""),
            ("/sync", b""),
            ("/sync", b"since=" + token.encode()),
            ("/sync", b"use_state_after=true&since=" + token.encode()),
            ("/joined_rooms", b""),
            ("/publicRooms", b""),
        ):
            said = await estate.ask("GET", path, token=person.token, query=query)
            assert said.status == 200 or (not is_in and path.startswith("/rooms/") and said.status in (403, 404)), said
        said = await estate.ask("GET", f"/rooms/{room}/context/{event}", token=person.token, query=b"limit=50")
        assert said.status in (200, 403, 404), said
        await estate.ask("POST", "/user_directory/search", {"search_term": "a"}, token=person.token)
        await estate.ask("GET", f"/profile/{person.user_id}", token=person.token)


VERSIONS = st.sampled_from(list(ROOM_VERSIONS))
ATTACKS = st.lists(ACTS, min_size=1, max_size=5)


def bounded(examples: int) -> settings:
    return settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)


@bounded(80)
@given(version=VERSIONS, acts=ATTACKS)
async def test_hostile_acts_on_sqlite(estate: Estate, version: str, acts: list[Act]) -> None:
    await attack(estate, version, acts)


@bounded(25)
@given(version=VERSIONS, acts=ATTACKS)
async def test_hostile_acts_on_postgres(postgres_estate: Estate, version: str, acts: list[Act]) -> None:
    await attack(postgres_estate, version, acts)


@pytest.mark.soak
@bounded(SOAK_EXAMPLES)
@given(version=VERSIONS, acts=ATTACKS)
async def test_hostile_acts_for_long(any_estate: Estate, version: str, acts: list[Act]) -> None:
    await attack(any_estate, version, acts)


# Reading with hostile tokens and filters

_ROOM_TOKEN = "{prev_batch}"
TOKENS = st.one_of(
    st.sampled_from(["{token}", _ROOM_TOKEN, "s1_", "r1_", "s1_" + "A" * 60, "r1_AAAAAAAAAA", "s2_AAAA", "", "\x7f"]),
    st.builds(
        lambda text, at, sign: (text, at, sign),
        st.sampled_from(["{token}", _ROOM_TOKEN]),
        st.integers(0, 90),
        st.sampled_from("A_-z9=+ é"),
    ),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=50),
)
READS = st.sampled_from(
    [
        ("/sync", "since"),
        ("/rooms/{room}/messages", "from"),
        ("/rooms/{room}/messages", "to"),
        ("/rooms/{room}/members", "at"),
        ("/publicRooms", "since"),
    ]
)
ROOM_FILTERS = spoilt(FILTER["room"]["timeline"]) | spoilt(FILTER["room"]["state"]) | ANY_JSON  # type: ignore[index]
FILTERS = st.one_of(spoilt(FILTER), spoilt(FILTER), ROOM_FILTERS)


async def read(estate: Estate, token: Any, where: tuple[str, str], wanted: Any, limit: str) -> None:
    note(f"{token} {where} {wanted} {limit}")
    room, person = estate.open_room, estate.ben
    first = await estate.ask("GET", "/sync", token=person.token)
    prev_batch = first.json["rooms"]["join"][room]["timeline"]["prev_batch"]
    names = {"room": room, "token": first.json["next_batch"], "prev_batch": prev_batch}
    if isinstance(token, tuple):
        text, at, sign = token
        text = filled(text, names)
        token = text[: at % len(text)] + sign + text[at % len(text) + 1 :]
    path, name = where
    given = quote(filled(token, names), safe="")
    await estate.ask("GET", filled(path, names), token=person.token, query=f"dir=b&{name}={given}".encode())
    before = await estate.stored()
    text = quote(json.dumps(filled(wanted, names)), safe="")
    more = f"&limit={quote(limit)}" if limit else ""
    if len(text) < 7_000:
        for there, first_of_query in (
            ("/sync", ""),
            ("/sync", f"since={names['token']}&"),
            (f"/rooms/{room}/messages", "dir=b&"),
            (f"/rooms/{room}/context/{estate.event}", ""),
        ):
            query = f"{first_of_query}filter={text}{more}".encode()
            await estate.ask("GET", there, token=person.token, query=query)
    assert await estate.stored() == before
    stored = await estate.ask("POST", f"/user/{person.user_id}/filter", filled(wanted, names), token=person.token)
    if stored.status == 200:
        query = f"filter={stored.json['filter_id']}".encode()
        await estate.ask("GET", "/sync", token=person.token, query=query)


LIMITS = st.sampled_from(["", "", "", "0", "-1", "1", "1000000", "9007199254740991", "9007199254740992", "x", "1.5"])


@bounded(400)
@given(token=TOKENS, where=READS, wanted=FILTERS, limit=LIMITS)
async def test_hostile_tokens_and_filters_on_sqlite(
    estate: Estate, token: Any, where: tuple[str, str], wanted: Any, limit: str
) -> None:
    await read(estate, token, where, wanted, limit)


@bounded(100)
@given(token=TOKENS, where=READS, wanted=FILTERS, limit=LIMITS)
async def test_hostile_tokens_and_filters_on_postgres(
    postgres_estate: Estate, token: Any, where: tuple[str, str], wanted: Any, limit: str
) -> None:
    await read(postgres_estate, token, where, wanted, limit)


@pytest.mark.soak
@bounded(SOAK_EXAMPLES)
@given(token=TOKENS, where=READS, wanted=FILTERS, limit=LIMITS)
async def test_hostile_tokens_and_filters_for_long(
    any_estate: Estate, token: Any, where: tuple[str, str], wanted: Any, limit: str
) -> None:
    await read(any_estate, token, where, wanted, limit)
