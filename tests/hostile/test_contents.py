"""Every key of every known state event with every kind of wrong value: kept or refused, and always readable."""

import json

import pytest

from tests.hostile.estate import Estate
from tests.hostile.requests import CONTENTS
from tests.hostile.test_fields import WRONG, places_in, with_value

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

STATE = [one for one in CONTENTS if one not in ("m.room.message", "m.room.encrypted", "m.reaction", "m.room.redaction")]


@pytest.mark.parametrize("version", ["6", "12"])
@pytest.mark.parametrize("event_type", STATE)
async def test_wrong_values_in_state(estate: Estate, event_type: str, version: str) -> None:
    ann, ben, right = estate.ann, estate.ben, CONTENTS[event_type]
    room = await ann.create_room(preset="public_chat", room_version=version)
    (await ben.join(room)).ok()
    key = ben.user_id if event_type == "m.room.member" else ""
    asking = ben if event_type == "m.room.member" else ann
    since = (await estate.ask("GET", "/sync", token=ben.token)).json["next_batch"]
    for way in places_in(right):
        for value in WRONG.values():
            raw = json.dumps(with_value(right, way, value)).encode()
            said = await estate.ask("PUT", f"/rooms/{room}/state/{event_type}/{key}", raw, token=asking.token)
            if said.status == 200:
                since = await read(estate, room, event_type, key, since)
    await ben.leave(room)
    await ann.leave(room)


async def read(estate: Estate, room: str, event_type: str, key: str, since: str) -> str:
    """Read the room as its members, the directory and a stranger do; returns where the next /sync begins."""
    listed = await estate.ask("PUT", f"/directory/list/room/{room}", {}, token=estate.ann.token)
    gave_up_power = event_type == "m.room.power_levels" and listed.code == (403, "M_FORBIDDEN")
    assert listed.status == 200 or gave_up_power, listed
    for path, query in (
        (f"/rooms/{room}/state/{event_type}/{key}", b""),
        (f"/rooms/{room}/members", b""),
        (f"/rooms/{room}/joined_members", b""),
        (f"/rooms/{room}/messages", b"dir=b&limit=2"),
        ("/publicRooms", b"limit=500"),
    ):
        said = await estate.ask("GET", path, token=estate.ann.token, query=query)
        assert said.status == 200, said
    await estate.ask("GET", f"/rooms/{room}/messages", token=estate.eve.token, query=b"dir=b&limit=2")
    said = await estate.ask("GET", "/sync", token=estate.ben.token, query=b"since=" + since.encode())
    assert room in said.json["rooms"]["join"], said
    return str(said.json["next_batch"])
