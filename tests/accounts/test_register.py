"""Who gets a name, and on what terms."""

import asyncio

import pytest

from tests.accounts.conftest import PASSWORD, Desk

pytestmark = pytest.mark.anyio

DUMMY = {"type": "m.login.dummy"}


async def test_an_account_is_made_and_logged_in(desk: Desk) -> None:
    """register: the answer has the first device."""
    answer = await desk.register("alice", device_id="PHONE", initial_device_display_name="Phone")
    assert answer["user_id"] == "@alice:localhost"
    assert answer["device_id"] == "PHONE"
    assert answer["home_server"] == "localhost"
    me = (await desk.get("/account/whoami", token=answer["access_token"])).ok()
    assert me == {"user_id": "@alice:localhost", "device_id": "PHONE", "is_guest": False}


async def test_without_a_name_one_is_made_up(desk: Desk) -> None:
    answer = (await desk.post("/register", {"password": PASSWORD, "auth": DUMMY})).ok()
    assert answer["user_id"].endswith(":localhost")
    assert len(answer["user_id"]) > len("@:localhost")


async def test_capitals_become_small(desk: Desk) -> None:
    assert (await desk.register("Alice"))["user_id"] == "@alice:localhost"
    assert (await desk.log_in("ALICE")).ok()["user_id"] == "@alice:localhost"


async def test_a_new_account_is_shown_by_its_user_name(desk: Desk) -> None:
    """Else clients show @alice:localhost as the name of a person."""
    await desk.register("alice")
    assert (await desk.get("/profile/@alice:localhost")).ok() == {"displayname": "alice"}
    await desk.register("bob", inhibit_login=True)
    assert (await desk.get("/profile/@bob:localhost")).ok() == {"displayname": "bob"}


async def test_a_login_can_be_left_out(desk: Desk) -> None:
    answer = await desk.register("alice", inhibit_login=True)
    assert answer == {"user_id": "@alice:localhost", "home_server": "localhost"}
    assert (await desk.log_in("alice")).status == 200


async def test_the_first_request_tells_the_flows_without_an_error(desk: Desk) -> None:
    said = await desk.post("/register", {"username": "alice", "password": PASSWORD})
    assert said.status == 401
    assert said.json["flows"] == [{"stages": ["m.login.dummy"]}]
    assert "errcode" not in said.json
    auth = {**DUMMY, "session": said.json["session"]}
    done = await desk.post("/register", {"username": "alice", "password": PASSWORD, "auth": auth})
    assert done.ok()["user_id"] == "@alice:localhost"


REFUSED: list[tuple[dict[str, object], int, str]] = [
    ({"username": "al ice"}, 400, "M_INVALID_USERNAME"),
    ({"username": ""}, 400, "M_INVALID_USERNAME"),
    ({"username": "é"}, 400, "M_INVALID_USERNAME"),
    ({"username": "a" * 250}, 400, "M_INVALID_USERNAME"),
    ({"username": "taken"}, 400, "M_USER_IN_USE"),
    ({"username": "Taken"}, 400, "M_USER_IN_USE"),
    ({"username": 5}, 400, "M_BAD_JSON"),
    ({"password": "seven77"}, 400, "M_WEAK_PASSWORD"),
    ({"password": "x" * 513}, 400, "M_INVALID_PARAM"),
    ({"password": None}, 400, "M_MISSING_PARAM"),
    ({"device_id": ""}, 400, "M_INVALID_PARAM"),
    ({"device_id": "a\u0000b"}, 400, "M_INVALID_PARAM"),
    ({"device_id": "a" * 256}, 400, "M_INVALID_PARAM"),
    ({"initial_device_display_name": "a\u0000b"}, 400, "M_INVALID_PARAM"),
    ({"initial_device_display_name": "a" * 256}, 400, "M_INVALID_PARAM"),
    ({"auth": {"type": "m.login.recaptcha"}}, 401, "M_FORBIDDEN"),
    ({"auth": {"type": "m.login.dummy", "session": "unknown"}}, 401, "M_FORBIDDEN"),
    ({"auth": "dummy"}, 400, "M_BAD_JSON"),
]


async def test_what_does_not_fit_is_refused(desk: Desk) -> None:
    await desk.register("taken")
    for change, status, errcode in REFUSED:
        body: dict[str, object] = {"username": "alice", "password": PASSWORD, "auth": DUMMY, **change}
        said = await desk.post("/register", body)
        assert (said.status, said.errcode) == (status, errcode), change
        assert said.json["error"]
    assert await desk.database.fetch("SELECT user_id FROM account") == [("@taken:localhost",)]


async def test_of_fifty_callers_one_gets_the_name(desk: Desk) -> None:
    body = {"username": "alice", "password": PASSWORD, "auth": DUMMY}
    said = await asyncio.gather(*(desk.post("/register", body) for _ in range(50)))
    assert sorted(one.status for one in said) == [200] + [400] * 49
    assert {one.errcode for one in said if one.status == 400} == {"M_USER_IN_USE"}
    assert len(await desk.database.fetch("SELECT * FROM device")) == 1


async def test_a_closed_server_registers_nobody(desk: Desk) -> None:
    desk.configure(registration="closed")
    said = await desk.post("/register", {"username": "alice", "password": PASSWORD, "auth": DUMMY})
    assert (said.status, said.errcode) == (403, "M_FORBIDDEN")


async def test_guests_come_in_only_where_they_are_welcome(desk: Desk) -> None:
    said = await desk.request("POST", "/register", {}, query={"kind": "guest"})
    assert (said.status, said.errcode) == (403, "M_FORBIDDEN")
    desk.configure(guest_access="true")
    guest = (await desk.request("POST", "/register", {"device_id": "X"}, query={"kind": "guest"})).ok()
    assert guest["device_id"] != "X"
    assert (await desk.get("/account/whoami", token=guest["access_token"])).ok()["is_guest"] is True
    said = await desk.get("/account/3pid", token=guest["access_token"])
    assert (said.status, said.errcode) == (403, "M_GUEST_ACCESS_FORBIDDEN")
    assert (await desk.request("POST", "/register", {}, query={"kind": "robot"})).errcode == "M_INVALID_PARAM"


async def test_whether_a_name_is_free(desk: Desk) -> None:
    """checkUsernameAvailability: also of reserved and malformed names."""
    await desk.register("taken")
    assert (await desk.get("/register/available", username="free")).ok() == {"available": True}
    assert (await desk.get("/register/available", username="taken")).errcode == "M_USER_IN_USE"
    assert (await desk.get("/register/available", username="#")).errcode == "M_INVALID_USERNAME"
    assert (await desk.get("/register/available")).errcode == "M_MISSING_PARAM"


async def test_the_terms_come_first_and_are_remembered(desk: Desk) -> None:
    terms = (
        '[{ name = "privacy", version = "2", language = "en", title = "Privacy", url = "https://x.example/en" },'
        ' { name = "privacy", version = "2", language = "fr", title = "Vie privée", url = "https://x.example/fr" }]'
    )
    desk.configure(terms=terms)
    body = {"username": "alice", "password": PASSWORD}
    said = await desk.post("/register", body)
    assert said.json["flows"] == [{"stages": ["m.login.terms", "m.login.dummy"]}]
    policy = said.json["params"]["m.login.terms"]["policies"]["privacy"]
    assert policy["version"] == "2"
    assert policy["fr"] == {"name": "Vie privée", "url": "https://x.example/fr"}
    session = said.json["session"]
    said = await desk.post("/register", {**body, "auth": {"type": "m.login.dummy", "session": session}})
    assert (said.status, said.errcode) == (401, "M_FORBIDDEN")  # out of order
    said = await desk.post("/register", {**body, "auth": {"type": "m.login.terms", "session": session}})
    assert said.status == 401
    assert said.json["completed"] == ["m.login.terms"]
    assert "errcode" not in said.json
    (await desk.post("/register", {**body, "auth": {"type": "m.login.dummy", "session": session}})).ok()
    rows = await desk.database.fetch("SELECT user_id, policy, version FROM accepted_terms")
    assert rows == [("@alice:localhost", "privacy", "2")]


async def test_registration_is_limited_by_address(desk: Desk) -> None:
    desk.configure(rate_limits=True)
    said = [await desk.post("/register", {"username": "x", "password": PASSWORD}) for _ in range(12)]
    assert said[-1].errcode == "M_LIMIT_EXCEEDED"
    assert said[-1].json["retry_after_ms"] > 0
