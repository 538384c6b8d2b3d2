"""Rule 1: how a room begins.

The rules' numbers are those of version 11; in version 12 they are one higher from 2 on.
"""

from typing import Any

import pytest

from chappe.errors import Refused
from chappe.events.auth import authorise
from chappe.events.state import Draft
from tests.events.rooms import ALICE, CREATOR, FAR, LAST_ID, Room
from tests.events.rules import ALL


def create(version: str, **changes: Any) -> Draft:
    fields: dict[str, Any] = {
        "type": "m.room.create",
        "sender": CREATOR,
        "state_key": "",
        "content": {"room_version": version, "creator": CREATOR},
        "room_id": None if version == "12" else "!room:here",
        "prev_events": (),
    }
    return Draft(**{**fields, **changes})


@pytest.mark.parametrize(
    ("rule", "versions", "allowed", "changes"),
    [
        ("1 ordinary", ALL, True, {}),
        ("1.1 prev_events", ALL, False, {"prev_events": (LAST_ID,)}),
        ("1.2 another server's room ID", "6 7 8 9 10 11", False, {"room_id": "!room:there"}),
        ("1.2 no room ID", "6 7 8 9 10 11", False, {"room_id": None}),
        ("1.2 a room ID in version 12", "12", False, {"room_id": "!" + "r" * 43}),
        ("1.3 unknown version", ALL, False, {"content": {"creator": CREATOR, "room_version": "99"}}),
        ("1.3 version is no text", ALL, False, {"content": {"creator": CREATOR, "room_version": [6]}}),
        ("1.3 version not given", ALL, True, {"content": {"creator": CREATOR}}),
        ("1.4 no creator", "6 7 8 9 10", False, {"content": {}}),
        ("1.4 no creator needed", "11 12", True, {"content": {}}),
        ("v12 1.4 creators", "12", True, {"content": {"additional_creators": [ALICE, FAR]}}),
        ("v12 1.4 not a list", "12", False, {"content": {"additional_creators": ALICE}}),
        ("v12 1.4 null", "12", False, {"content": {"additional_creators": None}}),
        ("v12 1.4 not user IDs", "12", False, {"content": {"additional_creators": [ALICE, "bob"]}}),
        ("v12 1.4 not texts", "12", False, {"content": {"additional_creators": [5]}}),
        ("1.4 additional_creators mean nothing before", "11", True, {"content": {"additional_creators": 5}}),
    ],
)
def test_create(rule: str, versions: str, allowed: bool, changes: dict[str, Any]) -> None:
    for version in versions.split():
        room = Room(version)
        room.events.clear()
        if allowed:
            authorise(room.version, create(version, **changes), room)
        else:
            with pytest.raises(Refused):
                authorise(room.version, create(version, **changes), room)
