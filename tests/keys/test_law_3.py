"""Law 3: nobody but an account's owner, by the owner's credential, adds a device, a membership or a key to it.

Who can write these tables is read from the source. A new way in fails here until it stands in the table below with
the credential that it asks for, and one that is gone fails too.
"""

import re
from functools import cache

import pytest

from chappe import app
from chappe.http import Auth, Route
from tests.house import House
from tests.keys.publishing import CrossSigner, phone
from tests.keys.reach import Graph

ADDS = {
    "device": r"INSERT INTO (device|access_token|refresh_token)\b",
    "key": r"INSERT INTO (device_keys|one_time_key|fallback_key|cross_signing_key|key_signature)\b",
    "membership": r"INSERT INTO (member_change|user_room)\b",
}

TOKEN = "the access token of one of the account's devices"
V3 = "/_matrix/client/v3"

DEVICES = {
    f"POST {V3}/login": "the account's password, or a login token that one of its devices asked for",
    f"POST {V3}/refresh": "the refresh token of that device",
    f"POST {V3}/register": "the account is new, and its password is chosen here; a guest's: its access token",
    "POST /_synapse/admin/v1/register": "the account is new; the secret of the settings",
    "POST /_chappe/owner": "the account is new, and the first one; the link in the terminal",
    "PUT /_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device": TOKEN,
}
KEYS = {
    f"POST {V3}/keys/upload": TOKEN,
    f"POST {V3}/keys/device_signing/upload": f"{TOKEN}, and the password for others than the first keys",
    f"POST {V3}/keys/signatures/upload": TOKEN,
    "PUT /_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device": TOKEN,
}
WITHOUT_TOKEN = {route for route, credential in DEVICES.items() if TOKEN not in credential}
"""They make a login; all else that adds something is asked for by one."""

ENDS = {
    "POST /_chappe/admin/v1/accounts/{user_id}/deactivate": "the account leaves its rooms, and enters none",
}
"""What an operator may do that writes memberships."""

EXCEPTIONS = {
    "chappe.server_notices.make_room.make_notice_room": "the room in which the server tells one person something",
    "chappe.server_notices.make_room.say": "what it says there: a message, by the way that all events take into a room",
}
"""Named exceptions: the server itself puts a person into a room that it made for them, and that has nobody else."""

OF_OPERATORS = ("/_synapse/", "/_chappe/")
COMMANDS = ("chappe.cli.", "chappe.cli_")
SERVING = frozenset({"chappe.app.Chappe", "chappe.app.serve", "chappe.app.all_routes"})


@cache
def graph() -> Graph:
    return Graph()


@cache
def writers(kind: str) -> frozenset[str]:
    return frozenset(graph().writers(re.compile(ADDS[kind])))


def name_of(route: Route) -> str:
    return f"{route.method} {route.path}"


def adding(kind: str) -> dict[str, Route]:
    """The endpoints that can reach a writer of such a table."""
    found = {}
    for route in app.all_routes():
        handler = f"{route.handler.__module__}.{route.handler.__name__}"
        if writers(kind) & graph().reached_from(handler, but=frozenset(EXCEPTIONS)):
            found[name_of(route)] = route
    return found


def test_the_exceptions_are_there_and_add_memberships_alone() -> None:
    for node in EXCEPTIONS:
        reached = graph().reached_from(node)
        assert writers("membership") & reached
        assert writers("device").isdisjoint(reached)
        assert writers("key").isdisjoint(reached)


@pytest.mark.parametrize(("kind", "table"), [("device", DEVICES), ("key", KEYS)])
def test_every_endpoint_that_adds_it_is_known_with_its_credential(kind: str, table: dict[str, str]) -> None:
    assert writers(kind)
    assert sorted(adding(kind)) == sorted(table)


@pytest.mark.parametrize("kind", ADDS)
def test_all_but_logins_are_asked_for_by_a_device_of_the_account(kind: str) -> None:
    unasked = {name for name, route in adding(kind).items() if route.auth not in (Auth.DEVICE, Auth.GUEST)}
    assert unasked <= WITHOUT_TOKEN


@pytest.mark.parametrize("kind", ADDS)
def test_no_endpoint_for_staff_adds_it_to_an_account_that_is_there(kind: str) -> None:
    of_staff = {name for name, route in adding(kind).items() if route.path.startswith(OF_OPERATORS)}
    assert {name for name in of_staff - ENDS.keys() if "the account is new" not in DEVICES.get(name, "")} == set()


@pytest.mark.parametrize("kind", ["device", "key"])
def test_no_command_adds_it_to_an_account_that_is_there(kind: str) -> None:
    """Commands that serve answer requests, which is looked at above."""
    commands = [node for node in list(graph().mentions) if node.startswith(COMMANDS)]
    assert commands
    assert {node for node in commands if writers(kind) & graph().reached_from(node, but=SERVING)} == set()


@pytest.mark.parametrize(
    ("endpoint", "kind"),
    [
        (f"POST {V3}/rooms/{{room_id}}/join", "membership"),  # an act, passed on by name
        (f"POST {V3}/account/deactivate", "membership"),  # an effect that a hook of rooms leads to
        (f"POST {V3}/register", "device"),  # an effect of another shard
    ],
)
def test_the_reading_follows_acts_effects_and_hooks(endpoint: str, kind: str) -> None:
    """If it did not, the tests above would find too little and be content."""
    assert endpoint in adding(kind)


@pytest.mark.anyio
async def test_an_operator_adds_nothing_to_another_account(house: House) -> None:
    """uploadKeys, uploadCrossSigningKeys, uploadCrossSigningSignatures: the token says whose keys they are."""
    anna, staff = await phone(house, "anna"), await house.person("staff")
    await house.chappe.database.execute_once("UPDATE account SET is_operator = 1 WHERE user_id = $1", staff.user_id)
    signer = CrossSigner(anna.person.user_id)
    tries = (
        ("/keys/upload", {"device_keys": anna.device_keys()}),
        ("/keys/device_signing/upload", signer.body()),
    )
    for path, body in tries:
        assert (await staff.post(path, body)).status == 400
    signed = {anna.person.user_id: {anna.person.device_id: signer.sign(anna.device_keys(), signer.self_signing)}}
    said = await staff.post("/keys/signatures/upload", signed)
    assert said.ok()["failures"].keys() == {anna.person.user_id}
    rows = await house.chappe.database.fetch("SELECT user_id, device_id FROM device_keys")
    assert rows == [(anna.person.user_id, anna.person.device_id)]
