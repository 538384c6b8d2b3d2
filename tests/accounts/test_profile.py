"""Profiles with their fields and sizes."""

import asyncio
from urllib.parse import quote

import pytest

from chappe.accounts import ProfileChanged
from chappe.ids import UserID
from chappe.stream import Transaction
from tests.accounts.conftest import Desk

pytestmark = pytest.mark.anyio

ME = "/profile/@alice:localhost"


async def test_fields_are_set_shown_and_removed(desk: Desk) -> None:
    """setProfileField, getProfileField, deleteProfileField, getUserProfile."""
    told: list[tuple[str, str, object]] = []

    async def on_changed(tx: Transaction, user_id: UserID, key: str, value: object) -> None:
        told.append((user_id, key, value))

    desk.resources.of(ProfileChanged).append(on_changed)
    token = (await desk.register("alice"))["access_token"]
    assert (await desk.get(ME)).ok() == {"displayname": "alice"}
    values = {
        "displayname": "Alice \u0000 Ä",
        "avatar_url": "mxc://localhost/abc",
        "m.tz": "Europe/Paris",
        "org.example.pronouns": [{"summary": "she"}, 1.5, None],
        "org.example.nothing": None,
    }
    for key, value in values.items():
        (await desk.put(f"{ME}/{key}", {key: value}, token=token)).ok()
        assert (await desk.get(f"{ME}/{key}")).ok() == {key: value}
    assert (await desk.get(ME)).ok() == values
    (await desk.put(f"{ME}/avatar_url", {"avatar_url": ""}, token=token)).ok()
    (await desk.delete(f"{ME}/m.tz", token=token)).ok()
    (await desk.delete(f"{ME}/m.tz", token=token)).ok()
    assert set((await desk.get(ME)).ok()) == {"displayname", "org.example.pronouns", "org.example.nothing"}
    assert (await desk.get(f"{ME}/m.tz")).errcode == "M_NOT_FOUND"
    assert told[:2] == [
        ("@alice:localhost", "displayname", "alice"),
        ("@alice:localhost", "displayname", "Alice \u0000 Ä"),
    ]
    assert told[-1] == ("@alice:localhost", "m.tz", None)


REFUSED = [
    ("displayname", {"displayname": 5}, "M_BAD_JSON"),
    ("displayname", {"displayname": None}, "M_BAD_JSON"),
    ("displayname", {"displayname": "x" * 257}, "M_INVALID_PARAM"),
    ("displayname", {"other": "x"}, "M_MISSING_PARAM"),
    ("avatar_url", {"avatar_url": "https://example.org/a.png"}, "M_INVALID_PARAM"),
    ("avatar_url", {"avatar_url": ["mxc://a/b"]}, "M_BAD_JSON"),
    ("m.tz", {"m.tz": {}}, "M_BAD_JSON"),
    ("plain", {"plain": "x"}, "M_INVALID_PARAM"),
    ("Org.Example", {"Org.Example": "x"}, "M_INVALID_PARAM"),
    ("a." + "b" * 254, {}, "M_KEY_TOO_LARGE"),
    ("org.example", {"org.example": "x" * 65_600}, "M_PROFILE_TOO_LARGE"),
    ("org.example", [], "M_BAD_JSON"),
]


async def test_what_does_not_fit_is_refused(desk: Desk) -> None:
    token = (await desk.register("alice"))["access_token"]
    for key, body, errcode in REFUSED:
        said = await desk.put(f"{ME}/{quote(key, safe='')}", body, token=token)
        assert (said.status, said.errcode) == (400, errcode), (key, errcode)
    assert (await desk.get(ME)).ok() == {"displayname": "alice"}


async def test_of_many_large_fields_only_those_that_fit_are_kept(desk: Desk) -> None:
    token = (await desk.register("alice"))["access_token"]
    keys = [f"org.example.k{n}" for n in range(8)]
    said = await asyncio.gather(*(desk.put(f"{ME}/{key}", {key: "x" * 10_000}, token=token) for key in keys))
    assert sorted(one.status for one in said) == [200] * 6 + [400] * 2
    whole = await desk.get(ME)
    assert len(whole.text) < 65_536


async def test_only_ones_own(desk: Desk) -> None:
    await desk.register("alice")
    bob = (await desk.register("bob"))["access_token"]
    said = await desk.put(f"{ME}/displayname", {"displayname": "Bob"}, token=bob)
    assert (said.status, said.errcode) == (403, "M_FORBIDDEN")
    assert (await desk.delete(f"{ME}/displayname", token=bob)).errcode == "M_FORBIDDEN"
    for unknown in ("@nobody:localhost", "@alice:elsewhere"):
        assert (await desk.get(f"/profile/{unknown}")).errcode == "M_NOT_FOUND"
    assert (await desk.get("/profile/alice")).errcode == "M_INVALID_PARAM"


async def test_guests_have_a_name_only(desk: Desk) -> None:
    desk.configure(guest_access="true")
    guest = (await desk.request("POST", "/register", {}, query={"kind": "guest"})).ok()
    mine, token = f"/profile/{guest['user_id']}", guest["access_token"]
    (await desk.put(f"{mine}/displayname", {"displayname": "Visitor"}, token=token)).ok()
    said = await desk.put(f"{mine}/avatar_url", {"avatar_url": "mxc://a/b"}, token=token)
    assert said.errcode == "M_GUEST_ACCESS_FORBIDDEN"


async def test_the_path_from_before_it_was_specified(desk: Desk) -> None:
    token = (await desk.register("alice"))["access_token"]
    path = "/_matrix/client/unstable/uk.tcpip.msc4133" + ME
    (await desk.put(f"{path}/org.example", {"org.example": 1}, token=token)).ok()
    assert (await desk.get(path)).ok() == {"displayname": "alice", "org.example": 1}
