"""Server-server API, "Auth events selection"."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chappe.events.auth import auth_types
from chappe.events.versions import ROOM_VERSIONS, RoomVersion
from tests.events.test_canonical_json import ANY_JSON

A, B, C = "@a:here", "@b:here", "@c:here"
LEVELS = ("m.room.power_levels", "")
RULES = ("m.room.join_rules", "")
VIA = "join_authorised_via_users_server"
SIGNED = {"third_party_invite": {"signed": {"token": "t", "mxid": B}}}


def member(user_id: str) -> tuple[str, str]:
    return ("m.room.member", user_id)


@pytest.mark.parametrize("version", ROOM_VERSIONS)
@pytest.mark.parametrize(
    ("event_type", "state_key", "content", "expected"),
    [
        ("m.room.message", None, {}, [LEVELS, member(A)]),
        ("m.room.message", None, {"membership": "join", **SIGNED}, [LEVELS, member(A)]),
        ("m.room.name", "", {}, [LEVELS, member(A)]),
        ("m.room.member", A, {"membership": "join"}, [LEVELS, member(A), RULES]),
        ("m.room.member", A, {"membership": "knock"}, [LEVELS, member(A), RULES]),
        ("m.room.member", A, {"membership": "leave"}, [LEVELS, member(A)]),
        ("m.room.member", B, {"membership": "leave"}, [LEVELS, member(A), member(B)]),
        ("m.room.member", B, {"membership": "ban"}, [LEVELS, member(A), member(B)]),
        ("m.room.member", B, {"membership": "invite"}, [LEVELS, member(A), member(B), RULES]),
        (
            "m.room.member",
            B,
            {"membership": "invite", **SIGNED},
            [LEVELS, member(A), member(B), RULES, ("m.room.third_party_invite", "t")],
        ),
        ("m.room.member", B, {"membership": "ban", **SIGNED}, [LEVELS, member(A), member(B)]),
        (
            "m.room.member",
            B,
            {"membership": "invite", "third_party_invite": {"signed": {"token": 1}}},
            [LEVELS, member(A), member(B), RULES],
        ),
        ("m.room.member", A, {"membership": "join", VIA: A}, [LEVELS, member(A), RULES]),
        ("m.room.member", B, {"membership": "invite", VIA: C}, [LEVELS, member(A), member(B), RULES]),
    ],
)
def test_what_every_version_selects(
    version: str, event_type: str, state_key: str | None, content: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    found = auth_types(ROOM_VERSIONS[version], type=event_type, sender=A, state_key=state_key, content=content)
    create = [] if version == "12" else [("m.room.create", "")]
    assert sorted(found) == sorted(create + expected)


@pytest.mark.parametrize("version", ROOM_VERSIONS)
def test_the_member_who_lets_in_is_selected_where_restricted_rooms_exist(version: str) -> None:
    content = {"membership": "join", VIA: C}
    found = auth_types(ROOM_VERSIONS[version], type="m.room.member", sender=A, state_key=A, content=content)
    assert (member(C) in found) is (int(version) >= 8)


@pytest.mark.parametrize("version", ROOM_VERSIONS.values())
def test_a_create_event_selects_nothing(version: RoomVersion) -> None:
    assert auth_types(version, type="m.room.create", sender=A, state_key="", content={}) == []


KEYS = st.sampled_from(["membership", "third_party_invite", "signed", "token", VIA])


@given(
    st.sampled_from(list(ROOM_VERSIONS.values())),
    st.dictionaries(KEYS, ANY_JSON | st.sampled_from(["join", "invite", A])),
)
def test_any_content_selects_something_and_nothing_twice(version: RoomVersion, content: dict[str, Any]) -> None:
    found = auth_types(version, type="m.room.member", sender=A, state_key=B, content=content)
    assert len(found) == len(set(found)) <= 10
