"""Key backups: all fourteen operations, what replaces what, and what is refused."""

import asyncio
import random
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from chappe.holds import Holds, finish_all
from chappe.keys import backup, restore, routes_backup, store_backup
from tests.house import House, Person, Said, gather_at_once
from tests.work import longest_turn

pytestmark = pytest.mark.anyio

ALGORITHM = "m.megolm_backup.v1.curve25519-aes-sha2"
VERSIONS = "/room_keys/version"
KEYS = "/room_keys/keys"
ROOM, OTHER_ROOM = "!room:localhost", "!other:localhost"


def key(index: int = 0, forwarded: int = 0, *, verified: bool = False, data: str = "x") -> dict[str, Any]:
    return {
        "first_message_index": index,
        "forwarded_count": forwarded,
        "is_verified": verified,
        "session_data": {"ciphertext": data},
    }


async def new_backup(person: Person, **auth_data: object) -> str:
    return str((await person.post(VERSIONS, {"algorithm": ALGORITHM, "auth_data": auth_data})).ok()["version"])


async def put(person: Person, version: str, body: object, path: str = "") -> Said:
    return await person.request("PUT", KEYS + quote(path), body, query={"version": version})


async def get(person: Person, version: str, path: str = "") -> Said:
    return await person.request("GET", KEYS + quote(path), query={"version": version})


async def delete(person: Person, version: str, path: str = "") -> Said:
    return await person.request("DELETE", KEYS + quote(path), query={"version": version})


async def about(person: Person, version: str) -> dict[str, Any]:
    return dict((await person.get(f"{VERSIONS}/{version}")).ok())


async def rows(house: House) -> tuple[int, int]:
    """How many backups and keys are stored."""
    await house.settle()
    database = house.chappe.database
    found = [await database.fetch_one(f"SELECT COUNT(*) FROM {table}") for table in ("key_backup", "backed_up_key")]
    assert found[0] is not None
    assert found[1] is not None
    return found[0][0], found[1][0]


async def test_a_backup_is_made_and_found(house: House) -> None:
    """postRoomKeysVersion, getRoomKeysVersionCurrent, getRoomKeysVersion: the newest is the current one."""
    ann, ben = await house.person("ann"), await house.person("ben")
    assert (await ann.get(VERSIONS)).errcode == "M_NOT_FOUND"
    first, second = await new_backup(ann, public_key="a"), await new_backup(ann, public_key="b")
    told = (await ann.get(VERSIONS)).ok()
    assert told == {
        "algorithm": ALGORITHM,
        "auth_data": {"public_key": "b"},
        "count": 0,
        "etag": "0",
        "version": second,
    }
    assert (await about(ann, first))["auth_data"] == {"public_key": "a"}
    assert (await ben.get(VERSIONS)).errcode == "M_NOT_FOUND"
    assert (await ben.get(f"{VERSIONS}/{first}")).errcode == "M_NOT_FOUND"
    for unknown in ("0", "9", "x", "-1", "1" * 40, "١"):
        assert (await ann.get(f"{VERSIONS}/{unknown}")).errcode == "M_NOT_FOUND"


async def test_only_the_auth_data_changes(house: House) -> None:
    """putRoomKeysVersion: not the algorithm, not the version."""
    ann = await house.person("ann")
    version = await new_backup(ann)
    path = f"{VERSIONS}/{version}"
    (await ann.put(path, {"algorithm": ALGORITHM, "auth_data": {"a": 1}, "version": version})).ok()
    assert (await about(ann, version))["auth_data"] == {"a": 1}
    for body in (
        {"algorithm": "m.other", "auth_data": {}},
        {"algorithm": ALGORITHM, "auth_data": {}, "version": "7"},
    ):
        assert (await ann.put(path, body)).errcode == "M_INVALID_PARAM"
    assert (await ann.put(f"{VERSIONS}/9", {"algorithm": ALGORITHM, "auth_data": {}})).errcode == "M_NOT_FOUND"
    assert (await about(ann, version))["auth_data"] == {"a": 1}


async def test_keys_are_stored_and_read_by_session_room_and_all(house: House) -> None:
    """putRoomKeys, putRoomKeysByRoomId, putRoomKeyBySessionId, and what they stored.

    getRoomKeys, getRoomKeysByRoomId, getRoomKeyBySessionId.
    """
    ann = await house.person("ann")
    version = await new_backup(ann)
    assert (await get(ann, version)).ok() == {"rooms": {}}
    assert (await get(ann, version, f"/{ROOM}")).ok() == {"sessions": {}}
    one = (await put(ann, version, key(), f"/{ROOM}/s/1")).json
    assert one["errcode"] == "M_UNRECOGNIZED"  # the slash of a session id is to be encoded
    path = f"/room_keys/keys/{quote(ROOM)}/{quote('s/1', safe='')}"
    assert (await ann.request("PUT", path, key(), query={"version": version})).ok() == {"etag": "1", "count": 1}
    assert (await put(ann, version, {"sessions": {"s2": key(2), "s1": key(3)}}, f"/{ROOM}")).ok()["count"] == 3
    rooms = {OTHER_ROOM: {"sessions": {"s1": key(4)}}, ROOM: {"sessions": {"s3": key(5)}}}
    assert (await put(ann, version, {"rooms": rooms})).ok() == {"etag": "3", "count": 5}
    of_room = {"s/1": key(), "s1": key(3), "s2": key(2), "s3": key(5)}
    assert (await ann.request("GET", path, query={"version": version})).ok() == key()
    assert (await get(ann, version, f"/{ROOM}")).ok() == {"sessions": of_room}
    assert (await get(ann, version)).ok() == {
        "rooms": {ROOM: {"sessions": of_room}, OTHER_ROOM: {"sessions": {"s1": key(4)}}}
    }
    assert (await get(ann, version, f"/{ROOM}/none")).errcode == "M_NOT_FOUND"
    assert (await get(ann, "9", f"/{ROOM}/s1")).errcode == "M_NOT_FOUND"
    assert (await about(ann, version))["etag"] == "3"


async def test_keys_go_by_session_room_and_all(house: House) -> None:
    """deleteRoomKeyBySessionId, deleteRoomKeysByRoomId, deleteRoomKeys: each tells what is left."""
    ann = await house.person("ann")
    version = await new_backup(ann)
    rooms = {room: {"sessions": {f"s{n}": key() for n in range(3)}} for room in (ROOM, OTHER_ROOM)}
    (await put(ann, version, {"rooms": rooms})).ok()
    assert (await delete(ann, version, f"/{ROOM}/s1")).ok() == {"etag": "2", "count": 5}
    assert (await delete(ann, version, f"/{ROOM}/s1")).ok() == {"etag": "2", "count": 5}
    assert (await delete(ann, version, f"/{ROOM}")).ok() == {"etag": "3", "count": 3}
    assert list((await get(ann, version)).ok()["rooms"]) == [OTHER_ROOM]
    assert (await delete(ann, version)).ok() == {"etag": "4", "count": 0}
    assert (await get(ann, version)).ok() == {"rooms": {}}
    assert (await delete(ann, "9")).errcode == "M_NOT_FOUND"
    assert await rows(house) == (1, 0)


async def test_many_keys_go_part_by_part(house: House) -> None:
    ann = await house.person("ann")
    version = await new_backup(ann)
    for part in range(2):
        sessions = {f"s{part}-{n}": key() for n in range(routes_backup.MAX_KEYS_AT_ONCE - 900)}
        (await put(ann, version, {"sessions": sessions}, f"/{ROOM}")).ok()
    (await put(ann, version, key(), f"/{OTHER_ROOM}/s")).ok()
    assert (await delete(ann, version, f"/{ROOM}")).ok()["count"] == 1
    assert (await delete(ann, version)).ok()["count"] == 0
    assert await rows(house) == (1, 0)


async def test_many_keys_are_stored_part_by_part(house: House) -> None:
    """putRoomKeys: no unit of work has more keys than are stored in a moment; the answer tells of all of them."""
    ann = await house.person("ann")
    version = await new_backup(ann)
    number = 3 * backup.STORED_AT_ONCE + 7
    in_many_rooms = {"rooms": {f"!r{n}:localhost": {"sessions": {"s": key()}} for n in range(number)}}
    in_one_room = {"sessions": {f"s{n}": key() for n in range(number)}}
    await house.settle()
    for body, path, etag, count in (
        (in_many_rooms, "", "4", number),
        (in_many_rooms, "", "4", number),
        (in_one_room, f"/{ROOM}", "8", 2 * number),
    ):
        before = house.chappe.writer.units
        assert (await put(ann, version, body, path)).ok() == {"etag": etag, "count": count}
        assert house.chappe.writer.units == before + 4
    assert (await get(ann, version)).ok()["rooms"]["!r3:localhost"] == {"sessions": {"s": key()}}
    assert await rows(house) == (1, 2 * number)


async def test_many_keys_are_read_and_looked_for_a_part_at_a_time(house: House) -> None:
    """putRoomKeys: others have the loop in between, also where the database answers without waiting."""
    ann = await house.person("ann")
    version = await new_backup(ann)
    number = routes_backup.CHECKED_AT_ONCE + 10
    parts: list[tuple[Callable[..., Any], int]] = [
        (routes_backup._key, routes_backup.CHECKED_AT_ONCE),
        (store_backup.keys_of_sessions, backup.STORED_AT_ONCE),
        (store_backup.put_key, backup.STORED_AT_ONCE),
    ]
    for better, (function, most) in enumerate(parts):
        body = {"rooms": {f"!r{n}:localhost": {"sessions": {"s": key(9 - better)}} for n in range(number)}}
        longest = await longest_turn(put(ann, version, body), function)
        assert 0 < longest.calls <= most


async def test_of_too_many_keys_none_is_stored_though_they_go_in_parts(house: House) -> None:
    """putRoomKeys: those that replace others take no room of their own."""
    ann = await house.person("ann")
    version = await new_backup(ann)
    number = backup.STORED_AT_ONCE + 50
    sessions = {f"s{n}": key() for n in range(number)}
    (await put(ann, version, {"sessions": sessions}, f"/{ROOM}")).ok()
    await house.settle()
    await house.chappe.database.execute_once("UPDATE key_backup SET count = $1", backup.MAX_KEYS - 1)
    better = {"sessions": {**{name: key(verified=True) for name in sessions}, "one": key(), "two": key()}}
    assert (await put(ann, version, better, f"/{ROOM}")).errcode == "M_RESOURCE_LIMIT_EXCEEDED"
    assert (await get(ann, version, f"/{ROOM}/s0")).ok() == key()
    del better["sessions"]["two"]
    assert (await put(ann, version, better, f"/{ROOM}")).ok()["count"] == backup.MAX_KEYS
    assert (await get(ann, version, f"/{ROOM}/s0")).ok() == key(verified=True)
    assert await rows(house) == (1, number + 1)


async def test_a_deleted_backup_is_gone_with_its_keys(house: House) -> None:
    """deleteRoomKeysVersion: the one before is the current one again; a version is never given twice."""
    ann = await house.person("ann")
    first, second = await new_backup(ann), await new_backup(ann)
    sessions = {f"s{n}": key() for n in range(backup.ERASED_AT_ONCE + 10)}
    (await put(ann, second, {"sessions": sessions}, f"/{ROOM}")).ok()
    (await ann.delete(f"{VERSIONS}/{second}")).ok()
    assert (await ann.get(VERSIONS)).ok()["version"] == first
    assert (await get(ann, second)).errcode == "M_NOT_FOUND"
    assert await rows(house) == (2, 0)
    (await ann.delete(f"{VERSIONS}/{second}")).ok()
    third = await new_backup(ann)
    assert third == "3"
    assert await rows(house) == (2, 0)
    (await ann.delete(f"{VERSIONS}/{second}")).ok()
    assert (await ann.delete(f"{VERSIONS}/4")).errcode == "M_NOT_FOUND"


async def test_keys_are_stored_in_the_current_backup_only(house: House) -> None:
    ann = await house.person("ann")
    assert (await put(ann, "1", key(), f"/{ROOM}/s")).errcode == "M_NOT_FOUND"
    first, second = await new_backup(ann), await new_backup(ann)
    for path, body in (
        ("", {"rooms": {ROOM: {"sessions": {"s": key()}}}}),
        (f"/{ROOM}", {"sessions": {"s": key()}}),
        (f"/{ROOM}/s", key()),
    ):
        refused = await put(ann, first, body, path)
        assert (refused.status, refused.errcode) == (403, "M_WRONG_ROOM_KEYS_VERSION")
        assert refused.json["current_version"] == second
    assert await rows(house) == (2, 0)


BETTER = [
    (key(9, 9, verified=True), key(0, 0)),
    (key(1, 9), key(2, 0)),
    (key(1, 1), key(1, 2)),
    (key(1, 1, verified=True), key(1, 2, verified=True)),
]


@pytest.mark.parametrize(("good", "bad"), BETTER)
async def test_the_better_key_stays(house: House, good: dict[str, Any], bad: dict[str, Any]) -> None:
    ann = await house.person("ann")
    version = await new_backup(ann)
    path = f"/{ROOM}/s"
    assert (await put(ann, version, bad, path)).ok() == {"etag": "1", "count": 1}
    assert (await put(ann, version, good, path)).ok() == {"etag": "2", "count": 1}
    assert (await put(ann, version, bad, path)).ok() == {"etag": "2", "count": 1}
    again = {**good, "session_data": {"ciphertext": "same worth, but later"}}
    assert (await put(ann, version, again, path)).ok() == {"etag": "2", "count": 1}
    assert (await get(ann, version, path)).ok() == good


async def test_of_fifty_writers_the_best_key_stays(house: House) -> None:
    ann = await house.person("ann")
    version = await new_backup(ann)
    keys = [key(n % 7, n % 5, verified=n % 3 == 0, data=str(n)) for n in range(50)]
    random.Random(7).shuffle(keys)
    said = await gather_at_once(*(put(ann, version, one, f"/{ROOM}/s") for one in keys))
    assert {one.status for one in said} == {200}
    best = min(keys, key=lambda one: (not one["is_verified"], one["first_message_index"], one["forwarded_count"]))
    kept = (await get(ann, version, f"/{ROOM}/s")).ok()
    assert [kept[name] for name in ("is_verified", "first_message_index", "forwarded_count")] == [
        best[name] for name in ("is_verified", "first_message_index", "forwarded_count")
    ]
    assert (await about(ann, version))["count"] == 1


async def test_writers_and_deleters_at_once_leave_a_true_count(house: House) -> None:
    ann = await house.person("ann")
    version = await new_backup(ann)
    writing = [put(ann, version, key(n % 3), f"/{ROOM}/s{n % 10}") for n in range(30)]
    deleting = [delete(ann, version, f"/{ROOM}/s{n % 10}") for n in range(15)]
    await gather_at_once(*writing, *deleting)
    told = await about(ann, version)
    assert told["count"] == (await rows(house))[1]
    row = await house.chappe.database.fetch_one("SELECT SUM(LENGTH(session_data)) FROM backed_up_key")
    size = await house.chappe.database.fetch_one("SELECT size_bytes FROM key_backup")
    assert row is not None
    assert size is not None
    assert (row[0] or 0) == size[0]


async def test_a_long_answer_comes_complete(house: House) -> None:
    ann = await house.person("ann")
    version = await new_backup(ann)
    expected: dict[str, Any] = {}
    for part in range(3):
        rooms = {f"!r{n}:localhost": {"sessions": {f"s{part}": key(data="é" * 600)}} for n in range(restore.PAGE_KEYS)}
        (await put(ann, version, {"rooms": rooms})).ok()
        for name, room in rooms.items():
            expected.setdefault(name, {"sessions": {}})["sessions"].update(room["sessions"])
    said = await get(ann, version)
    assert len(said.text) > restore.MAX_IN_MEMORY_BYTES
    assert said.ok() == {"rooms": expected}


async def test_a_backup_is_bounded(house: House) -> None:
    ann = await house.person("ann")
    version = await new_backup(ann)
    (await put(ann, version, key(), f"/{ROOM}/s")).ok()
    database = house.chappe.database
    await database.execute_once("UPDATE key_backup SET count = $1", backup.MAX_KEYS)
    refused = await put(ann, version, {"sessions": {"s": key(verified=True), "new": key()}}, f"/{ROOM}")
    assert refused.errcode == "M_RESOURCE_LIMIT_EXCEEDED"
    assert (await get(ann, version, f"/{ROOM}/s")).ok() == key()
    await database.execute_once("UPDATE key_backup SET count = 1, size_bytes = $1", backup.MAX_BYTES)
    assert (await put(ann, version, key(), f"/{ROOM}/new")).errcode == "M_RESOURCE_LIMIT_EXCEEDED"
    for _ in range(backup.MAX_BACKUPS - 1):
        await new_backup(ann)
    refused = await ann.post(VERSIONS, {"algorithm": ALGORITHM, "auth_data": {}})
    assert refused.errcode == "M_RESOURCE_LIMIT_EXCEEDED"


@pytest.mark.parametrize(
    ("path", "body", "errcode"),
    [
        ("", {}, "M_BAD_JSON"),
        ("", {"rooms": {"room": {"sessions": {}}}}, "M_INVALID_PARAM"),
        (f"/{ROOM}", {"sessions": {"": key()}}, "M_INVALID_PARAM"),
        (f"/{ROOM}", {"sessions": {"a\0b": key()}}, "M_INVALID_PARAM"),
        (f"/{ROOM}", {"sessions": {f"s{n}": key() for n in range(2_001)}}, "M_TOO_LARGE"),
        ("", {"rooms": {f"!r{n}:x": {"sessions": {}} for n in range(2_001)}}, "M_TOO_LARGE"),
        (f"/{ROOM}/s", key(-1), "M_BAD_JSON"),
        (f"/{ROOM}/s", {**key(), "is_verified": 1}, "M_BAD_JSON"),
        (f"/{ROOM}/s", key(data="x" * routes_backup.MAX_SESSION_DATA_BYTES), "M_TOO_LARGE"),
        ("/room/s", key(), "M_INVALID_PARAM"),
    ],
)
async def test_what_is_no_key_is_refused(house: House, path: str, body: object, errcode: str) -> None:
    ann = await house.person("ann")
    version = await new_backup(ann)
    assert (await put(ann, version, body, path)).errcode == errcode
    assert await rows(house) == (1, 0)


async def test_what_is_no_backup_is_refused(house: House) -> None:
    ann = await house.person("ann")
    for body, errcode in (
        ({"algorithm": "", "auth_data": {}}, "M_INVALID_PARAM"),
        ({"algorithm": "a\0b", "auth_data": {}}, "M_INVALID_PARAM"),
        ({"algorithm": ALGORITHM, "auth_data": []}, "M_BAD_JSON"),
        ({"algorithm": ALGORITHM, "auth_data": {"x": "x" * routes_backup.MAX_AUTH_DATA_BYTES}}, "M_TOO_LARGE"),
    ):
        assert (await ann.post(VERSIONS, body)).errcode == errcode
    assert (await ann.request("PUT", KEYS, {"rooms": {}})).errcode == "M_MISSING_PARAM"


async def test_backups_end_with_the_account(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    for person in (ann, ben):
        version = await new_backup(person)
        (await put(person, version, key(), f"/{ROOM}/s")).ok()
    auth = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": ann.user_id},
        "password": House.PASSWORD,
    }
    (await ann.post("/account/deactivate", {"auth": auth})).ok()
    await house.settle()
    left = await house.chappe.database.fetch("SELECT user_id FROM backed_up_key")
    assert left == [(ben.user_id,)]
    secrets = await house.chappe.database.fetch("SELECT auth_data FROM key_backup WHERE user_id = $1", ann.user_id)
    assert [bytes(row[0]) for row in secrets] == [b"{}"]


async def test_a_held_backup_is_hidden_but_stays(house: House) -> None:
    ann = await house.person("ann")
    version = await new_backup(ann)
    (await put(ann, version, key(), f"/{ROOM}/s")).ok()
    holds = house.chappe.resources.of(Holds)

    async def held(*_: object) -> bool:
        return True

    holds.checks.append(held)
    (await ann.delete(f"{VERSIONS}/{version}")).ok()
    assert (await ann.get(VERSIONS)).errcode == "M_NOT_FOUND"
    await new_backup(ann)
    assert await rows(house) == (2, 1)
    holds.checks.clear()
    assert await finish_all(house.chappe.bus, house.chappe.database) == 1
    assert await rows(house) == (1, 0)


async def test_others_are_answered_while_a_large_backup_is_read(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    version = await new_backup(ann)
    for part in range(3):
        sessions = {f"s{part}-{n}": key(data="x" * 900) for n in range(2_000)}
        (await put(ann, version, {"sessions": sessions}, f"/{ROOM}")).ok()
    reading = asyncio.create_task(get(ann, version))
    answered = 0
    while not reading.done():
        (await ben.get("/account/whoami")).ok()
        await asyncio.sleep(0)
        answered += 1
    assert answered > 5
    assert len((await reading).ok()["rooms"][ROOM]["sessions"]) == 6_000
