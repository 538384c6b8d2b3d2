"""Who may do what: nobody, strangers' and ended tokens, guests, people from outside, members, owners, operators."""

import pytest

from chappe.http import Auth
from tests.hostile.estate import Answered, Estate
from tests.hostile.requests import BODIES, OF_OPERATORS, QUERIES, ROUTES, needs_token, right_path
from tests.house import Person

pytestmark = pytest.mark.anyio

WITH_TOKEN = [label for label, route in ROUTES.items() if needs_token(route)]
OF_OTHERS = (*OF_OPERATORS, "/_matrix/client/v3/presence/", "/_matrix/client/v3/users/{user_id}/report")
"""What is asked of others: by operators, the presence of those with whom one shares a room, and what one reports."""
OF_ONESELF = [label for label in WITH_TOKEN if "{user_id}" in label and not ROUTES[label].path.startswith(OF_OTHERS)]
IN_ROOMS = [label for label, route in ROUTES.items() if "{room_id}" in route.path and "/user/" not in route.path]
UNKNOWN = "!" + "A" * 43


async def ask(estate: Estate, label: str, token: str | None, **other: str) -> Answered:
    route = ROUTES[label]
    query = "&".join(f"{name}={value}" for name, value in QUERIES.get(label, {}).items() if value).encode()
    return await estate.ask(
        route.method, right_path(estate, route, **other), BODIES.get(label), token=token, query=query
    )


@pytest.mark.parametrize("label", WITH_TOKEN)
async def test_without_a_good_token_nothing_is_told_or_done(estate: Estate, label: str) -> None:
    before = await estate.stored()
    assert (await ask(estate, label, None)).code == (401, "M_MISSING_TOKEN")
    token = estate.ann.token
    forged = f"chp_{'YW5u'}_{'0' * 48}"
    for wrong in ("x", forged, token[:-1], token + "0", token.upper(), "chr" + token[3:], token.replace("YW5u", "YmVu"),
                  "x" * 2_000, "chp__", "chp_\u00ff_", "' OR 1=1 --"):  # fmt: skip
        said = await ask(estate, label, wrong)
        assert said.code == (401, "M_UNKNOWN_TOKEN"), said
        assert said.json["soft_logout"] is False
    assert await estate.stored() == before


async def test_a_token_that_has_ended_is_unknown_everywhere(estate: Estate) -> None:
    gone = await estate.newcomer()
    (await gone.post("/logout")).ok()
    for label, route in ROUTES.items():
        if route.auth is not Auth.NOBODY:
            assert (await ask(estate, label, gone.token)).code == (401, "M_UNKNOWN_TOKEN"), label


@pytest.mark.parametrize("label", [label for label in WITH_TOKEN if ROUTES[label].auth is Auth.DEVICE])
async def test_guests_are_told_that_they_are_guests(estate: Estate, label: str) -> None:
    assert (await ask(estate, label, estate.gus.token)).code == (403, "M_GUEST_ACCESS_FORBIDDEN")


@pytest.mark.parametrize("label", OF_ONESELF)
async def test_what_belongs_to_another_account_is_refused(estate: Estate, label: str) -> None:
    """Ben tries it on what is Ann's; of a room, in a room where both are."""
    for owner in (estate.ann.user_id, "@nobody:localhost", "@ann:elsewhere.example"):
        said = await ask(estate, label, estate.ben.token, user_id=owner)
        assert said.code == (403, "M_FORBIDDEN"), said


async def test_another_accounts_devices_and_filters_are_as_if_they_were_not(estate: Estate) -> None:
    filter_id = (await estate.ann.post(f"/user/{estate.ann.user_id}/filter", {})).ok()["filter_id"]
    path = f"/user/{estate.ben.user_id}/filter/{filter_id}"
    assert (await estate.ask("GET", path, token=estate.ben.token)).code == (404, "M_NOT_FOUND")
    said = await estate.ask("GET", "/sync", token=estate.ben.token, query=f"filter={filter_id}".encode())
    assert said.code == (404, "M_NOT_FOUND")
    device = f"/devices/{estate.ann.device_id}"
    assert (await estate.ask("GET", device, token=estate.ben.token)).code == (404, "M_NOT_FOUND")
    assert (await estate.ask("PUT", device, {"display_name": "x"}, token=estate.ben.token)).code == (404, "M_NOT_FOUND")
    assert (await estate.ann.get(device)).ok().get("display_name") is None


@pytest.mark.parametrize("label", [label for label in ROUTES if ROUTES[label].path.startswith(OF_OPERATORS)])
async def test_only_operators_do_what_operators_do(estate: Estate, label: str) -> None:
    before = await estate.stored()
    assert (await ask(estate, label, estate.ann.token)).code == (403, "M_FORBIDDEN")
    assert await estate.stored() == before


MAY_LEARN = {
    "GET /_matrix/client/v3/directory/list/room/{room_id}",
    "PUT /_matrix/client/v3/directory/list/room/{room_id}",
    "POST /_matrix/client/v3/rooms/{room_id}/join",
}
"""By the specification 404 is for a room that is not there, 403 for one that may not be entered or listed."""


@pytest.mark.parametrize("label", [label for label in IN_ROOMS if label not in MAY_LEARN])
async def test_a_stranger_does_not_learn_whether_a_room_exists(estate: Estate, label: str) -> None:
    before = await estate.stored()
    there = await ask(estate, label, estate.eve.token, room_id=estate.closed_room, user_id=estate.eve.user_id)
    nowhere = await ask(estate, label, estate.eve.token, room_id=UNKNOWN, user_id=estate.eve.user_id)
    assert there.status in (403, 404) or label.endswith("/forget"), there
    assert (there.status, there.json) == (nowhere.status, nowhere.json)
    assert await estate.stored() == before


Expected = tuple[int, str] | None

WORLD = {"history_visibility": "world_readable"}
RENAMED = {"membership": "join", "displayname": "x"}
ELSEWHERE = (400, "M_INVALID_PARAM")
REFUSED, DONE, MISSING = (403, "M_FORBIDDEN"), (200, ""), (404, "M_NOT_FOUND")
NOT_BANNED = (403, "M_BAD_STATE")

IN_A_CLOSED_ROOM: list[tuple[str, str, object, Expected, Expected, Expected]] = [
    # what is asked for, by a stranger, a member, the owner
    ("GET", "/rooms/{room}/state", None, REFUSED, DONE, DONE),
    ("GET", "/rooms/{room}/members", None, REFUSED, DONE, DONE),
    ("GET", "/rooms/{room}/joined_members", None, REFUSED, DONE, DONE),
    ("GET", "/rooms/{room}/messages?dir=b", None, REFUSED, DONE, DONE),
    ("GET", "/rooms/{room}/event/{event}", None, MISSING, DONE, DONE),
    ("GET", "/rooms/{room}/aliases", None, REFUSED, DONE, DONE),
    ("PUT", "/rooms/{room}/send/m.room.message/w1", {"body": "x"}, REFUSED, DONE, DONE),
    ("PUT", "/rooms/{room}/send/m.room.power_levels/w2", {"users": {}}, REFUSED, REFUSED, DONE),
    ("PUT", "/rooms/{room}/state/m.room.name/", {"name": "x"}, REFUSED, REFUSED, DONE),
    ("PUT", "/rooms/{room}/state/m.room.join_rules/", {"join_rule": "public"}, REFUSED, REFUSED, None),
    ("PUT", "/rooms/{room}/state/m.room.history_visibility/", WORLD, REFUSED, REFUSED, None),
    ("PUT", "/rooms/{room}/state/m.room.power_levels/", {"users": {"@eve:localhost": 100}}, REFUSED, REFUSED, None),
    ("PUT", "/rooms/{room}/state/m.room.create/", {"creator": "@eve:localhost"}, REFUSED, REFUSED, REFUSED),
    ("PUT", "/rooms/{room}/state/org.example.x/@ann:localhost", {}, REFUSED, REFUSED, None),
    ("PUT", "/rooms/{room}/state/m.room.member/@ann:localhost", {"membership": "leave"}, REFUSED, REFUSED, None),
    ("PUT", "/rooms/{room}/state/m.room.member/@ann:localhost", RENAMED, REFUSED, REFUSED, None),
    ("PUT", "/rooms/{room}/state/m.room.member/@eve:localhost", {"membership": "join"}, REFUSED, REFUSED, REFUSED),
    ("PUT", "/rooms/{room}/redact/{event}/w3", {}, REFUSED, REFUSED, None),
    ("POST", "/rooms/{room}/join", {}, REFUSED, DONE, DONE),
    ("POST", "/rooms/{room}/kick", {"user_id": "@ann:localhost"}, REFUSED, REFUSED, None),
    ("POST", "/rooms/{room}/ban", {"user_id": "@ann:localhost"}, REFUSED, REFUSED, None),
    ("POST", "/rooms/{room}/unban", {"user_id": "@eve:localhost"}, REFUSED, NOT_BANNED, NOT_BANNED),
    ("POST", "/rooms/{room}/forget", {}, None, (400, "M_UNKNOWN"), None),
    ("POST", "/rooms/{room}/receipt/m.read/{event}", {}, REFUSED, DONE, DONE),
    ("POST", "/rooms/{room}/read_markers", {"m.read": "{event}"}, REFUSED, DONE, DONE),
    ("PUT", "/rooms/{room}/typing/{me}", {"typing": True}, REFUSED, DONE, DONE),
    ("PUT", "/directory/list/room/{room}", {"visibility": "public"}, REFUSED, REFUSED, None),
    ("PUT", "/directory/room/%23mine:localhost", {"room_id": "{room}"}, REFUSED, None, None),
    ("PUT", "/directory/room/%23mine:elsewhere.example", {"room_id": "{room}"}, ELSEWHERE, ELSEWHERE, None),
    ("DELETE", "/directory/room/%23open:localhost", None, REFUSED, REFUSED, None),
    ("POST", "/rooms/{room}/invite", {"user_id": "@ann:elsewhere.example"}, REFUSED, REFUSED, REFUSED),
]  # fmt: skip
"""None where it is not asked: it would change what the others see."""


@pytest.mark.parametrize(("method", "path", "body", "stranger", "member", "owner"), IN_A_CLOSED_ROOM)
async def test_who_may_do_what_in_a_closed_room(
    any_estate: Estate,
    method: str,
    path: str,
    body: dict[str, object] | None,
    stranger: Expected,
    member: Expected,
    owner: Expected,
) -> None:
    estate = any_estate
    event = await estate.ann.send(estate.closed_room, "secret")
    asking: list[tuple[Person, Expected]] = [
        (estate.eve, stranger), (estate.ben, member), (estate.ann, owner)
    ]  # fmt: skip
    for person, expected in asking:
        if expected is None:
            continue
        names = {"{room}": estate.closed_room, "{event}": event, "{me}": person.user_id}
        where, _, query = path.partition("?")
        told = body
        for name, value in names.items():
            where = where.replace(name, value)
            told = {k: value if v == name else v for k, v in told.items()} if told is not None else None
        before = await estate.stored()
        said = await estate.ask(method, where, told, token=person.token, query=query.encode())
        assert said.code == expected, (person.user_id, said)
        if expected != DONE:
            assert await estate.stored() == before, said
