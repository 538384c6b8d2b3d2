"""Registration tokens, approvals, and the registration by a shared secret."""

import asyncio

import pytest

from tests.accounts.conftest import PASSWORD, Desk
from tests.accounts.synapse import PATH, SECRET, mac_of, register_by_secret

pytestmark = pytest.mark.anyio

TOKENS = "/_synapse/admin/v1/registration_tokens"
VALIDITY = "/_matrix/client/v1/register/m.login.registration_token/validity"


def body_with(token: str, name: str) -> dict[str, object]:
    return {"username": name, "password": PASSWORD, "auth": {"type": "m.login.registration_token", "token": token}}


async def test_the_life_of_a_registration_token(desk: Desk) -> None:
    boss = await desk.operator()
    expiry = desk.clock.now_ms() + 3_600_000
    made = (
        await desk.post(f"{TOKENS}/new", {"token": "abc", "uses_allowed": 2, "expiry_time": expiry}, token=boss)
    ).ok()
    assert made == {"token": "abc", "uses_allowed": 2, "pending": 0, "completed": 0, "expiry_time": expiry}
    random = (await desk.post(f"{TOKENS}/new", {"length": 20}, token=boss)).ok()
    assert len(random["token"]) == 20
    assert (await desk.get(TOKENS, token=boss)).ok()["registration_tokens"] == [random, made]
    changed = (await desk.put(f"{TOKENS}/abc", {"uses_allowed": 0}, token=boss)).ok()
    assert (changed["uses_allowed"], changed["expiry_time"]) == (0, expiry)
    assert (await desk.get(TOKENS, token=boss, valid="false")).ok()["registration_tokens"] == [changed]
    assert (await desk.get(TOKENS, token=boss, valid="true")).ok()["registration_tokens"] == [random]
    changed = (await desk.put(f"{TOKENS}/abc", {"uses_allowed": None, "expiry_time": None}, token=boss)).ok()
    assert (changed["uses_allowed"], changed["expiry_time"]) == (None, None)
    (await desk.delete(f"{TOKENS}/abc", token=boss)).ok()
    assert (await desk.get(f"{TOKENS}/abc", token=boss)).errcode == "M_NOT_FOUND"
    assert (await desk.delete(f"{TOKENS}/abc", token=boss)).errcode == "M_NOT_FOUND"


async def test_what_does_not_fit_is_refused(desk: Desk) -> None:
    boss = await desk.operator()
    (await desk.post(f"{TOKENS}/new", {"token": "abc"}, token=boss)).ok()
    for body in (
        {"token": "abc"},
        {"token": ""},
        {"token": "a b"},
        {"token": "a" * 65},
        {"length": 0},
        {"length": 65},
        {"uses_allowed": -1},
        {"expiry_time": 5},
    ):
        said = await desk.post(f"{TOKENS}/new", body, token=boss)
        assert (said.status, said.errcode) == (400, "M_INVALID_PARAM"), body
    assert (await desk.put(f"{TOKENS}/none", {}, token=boss)).errcode == "M_NOT_FOUND"
    assert (await desk.put(f"{TOKENS}/abc", {"uses_allowed": -1}, token=boss)).errcode == "M_INVALID_PARAM"


async def test_others_than_operators_are_refused(desk: Desk) -> None:
    token = (await desk.register("alice"))["access_token"]
    for method, path in (
        ("GET", TOKENS),
        ("POST", f"{TOKENS}/new"),
        ("GET", f"{TOKENS}/abc"),
        ("PUT", f"{TOKENS}/abc"),
        ("DELETE", f"{TOKENS}/abc"),
        ("GET", "/_chappe/admin/v1/accounts"),
        ("POST", "/_chappe/admin/v1/accounts/@alice:localhost/approve"),
    ):
        said = await desk.request(method, path, {}, token=token)
        assert (said.status, said.errcode) == (403, "M_FORBIDDEN"), path


async def test_of_fifty_callers_a_token_lets_in_as_many_as_it_allows(desk: Desk) -> None:
    boss = await desk.operator()
    (await desk.post(f"{TOKENS}/new", {"token": "three", "uses_allowed": 3}, token=boss)).ok()
    desk.configure(registration="token")
    said = await asyncio.gather(*(desk.post("/register", body_with("three", f"p{n}")) for n in range(50)))
    assert sorted(one.status for one in said) == [200] * 3 + [401] * 47
    assert {one.errcode for one in said if one.status == 401} == {"M_UNAUTHORIZED"}
    assert (await desk.get(f"{TOKENS}/three", token=boss)).ok()["completed"] == 3
    assert len(await desk.database.fetch("SELECT * FROM account")) == 4


async def test_registering_with_a_token_in_a_session(desk: Desk) -> None:
    boss = await desk.operator()
    (await desk.post(f"{TOKENS}/new", {"token": "abc", "uses_allowed": 1}, token=boss)).ok()
    terms = '[{ name = "t", version = "1", language = "en", title = "T", url = "https://x.example/" }]'
    desk.configure(registration="token", terms=terms)
    asked = await desk.post("/register", {"username": "alice", "password": PASSWORD})
    assert asked.json["flows"] == [{"stages": ["m.login.registration_token", "m.login.terms"]}]
    session = asked.json["session"]
    body = body_with("wrong", "alice")
    body["auth"] = {"type": "m.login.registration_token", "token": "wrong", "session": session}
    said = await desk.post("/register", body)
    assert (said.status, said.errcode, said.json["session"]) == (401, "M_UNAUTHORIZED", session)
    body["auth"] = {"type": "m.login.registration_token", "token": "abc", "session": session}
    assert (await desk.post("/register", body)).json["completed"] == ["m.login.registration_token"]
    assert (await desk.get(f"{TOKENS}/abc", token=boss)).ok()["pending"] == 1
    body["auth"] = {"type": "m.login.terms", "session": session}
    (await desk.post("/register", body)).ok()
    told = (await desk.get(f"{TOKENS}/abc", token=boss)).ok()
    assert (told["pending"], told["completed"]) == (0, 1)
    for auth in ({"type": "m.login.registration_token"}, {"type": "m.login.registration_token", "token": "\u0000"}):
        assert (await desk.post("/register", {"username": "b", "password": PASSWORD, "auth": auth})).status == 401


async def test_whether_a_token_is_valid(desk: Desk) -> None:
    boss = await desk.operator()
    desk.configure(registration="token")
    expiry = desk.clock.now_ms() + 60_000
    (await desk.post(f"{TOKENS}/new", {"token": "abc", "expiry_time": expiry}, token=boss)).ok()
    for token, valid in (("abc", True), ("none", False), ("ä", False)):
        assert (await desk.request("GET", VALIDITY, query={"token": token})).ok() == {"valid": valid}
    desk.clock.advance(61)
    assert (await desk.request("GET", VALIDITY, query={"token": "abc"})).ok() == {"valid": False}
    assert (await desk.post("/register", body_with("abc", "alice"))).status == 401
    desk.configure(registration="closed")
    assert (await desk.request("GET", VALIDITY, query={"token": "abc"})).errcode == "M_FORBIDDEN"


async def test_an_account_that_waits_for_approval(desk: Desk) -> None:
    boss = await desk.operator()
    desk.configure(registration="approval")
    answer = await desk.register("alice")
    assert answer == {"user_id": "@alice:localhost", "home_server": "localhost"}
    said = await desk.log_in("alice")
    assert (said.status, said.errcode) == (403, "M_FORBIDDEN")
    assert "approval" in said.json["error"]
    assert "approval" not in (await desk.log_in("alice", "wrong password")).json["error"]
    accounts = "/_chappe/admin/v1/accounts"
    waiting = (await desk.get(accounts, token=boss, waiting="true")).ok()["accounts"]
    assert [account["user_id"] for account in waiting] == ["@alice:localhost"]
    (await desk.post(f"{accounts}/@alice:localhost/approve", {}, token=boss)).ok()
    (await desk.post(f"{accounts}/@alice:localhost/approve", {}, token=boss)).ok()
    assert (await desk.log_in("alice")).status == 200
    assert (await desk.get(accounts, token=boss, waiting="true")).ok()["accounts"] == []
    for unknown in ("@nobody:localhost", "@alice:elsewhere"):
        assert (await desk.post(f"{accounts}/{unknown}/approve", {}, token=boss)).errcode == "M_NOT_FOUND"


async def test_the_list_of_accounts_in_pages(desk: Desk) -> None:
    boss = await desk.operator("c")
    for name in ("a", "b", "d"):
        await desk.register(name, inhibit_login=True)
    path = "/_chappe/admin/v1/accounts"
    first = (await desk.get(path, token=boss, limit=2)).ok()
    second = (await desk.request("GET", path, token=boss, query={"limit": 3, "from": first["next"]})).ok()
    listed = [account["user_id"] for account in first["accounts"] + second["accounts"]]
    assert listed == ["@a:localhost", "@b:localhost", "@c:localhost", "@d:localhost"]
    assert "next" not in second


# By a shared secret


async def test_whoever_knows_the_secret_makes_accounts(desk: Desk) -> None:
    desk.configure(registration="closed")
    answer = (await register_by_secret(desk, "alice", displayname="Alice")).ok()
    assert answer["user_id"] == "@alice:localhost"
    assert answer["home_server"] == "localhost"
    assert (await desk.get("/account/whoami", token=answer["access_token"])).ok()["device_id"] == answer["device_id"]
    assert (await desk.get("/profile/@alice:localhost")).ok() == {"displayname": "Alice"}
    assert (await desk.get(TOKENS, token=answer["access_token"])).errcode == "M_FORBIDDEN"
    assert (await register_by_secret(desk, "alice")).errcode == "M_USER_IN_USE"


async def test_wrong_secrets_and_nonces(desk: Desk) -> None:
    nonce = (await desk.get(PATH)).ok()["nonce"]
    body = {"nonce": nonce, "username": "alice", "password": "x", "admin": True}
    for mac in (
        mac_of("guess", nonce, "alice", "x", "admin"),
        mac_of(SECRET, nonce, "alice", "x", "notadmin"),
        "",
        "ä",
    ):
        said = await desk.post(PATH, {**body, "mac": mac})
        assert (said.status, said.errcode) == (403, "M_FORBIDDEN")
    assert (await register_by_secret(desk, "alice", nonce="unknown")).errcode == "M_UNKNOWN"
    assert (await register_by_secret(desk, "al ice", nonce=nonce)).errcode == "M_INVALID_USERNAME"
    assert (await register_by_secret(desk, "alice", nonce=nonce, displayname="x" * 300)).errcode == "M_INVALID_PARAM"
    desk.clock.advance(61)
    said = await register_by_secret(desk, "alice", nonce=nonce)
    assert (said.status, said.errcode) == (400, "M_UNKNOWN")
    assert await desk.database.fetch("SELECT * FROM account") == []


async def test_a_user_type_is_part_of_what_is_signed(desk: Desk) -> None:
    nonce = (await desk.get(PATH)).ok()["nonce"]
    mac = mac_of(SECRET, nonce, "helper", "x", "notadmin", "support")
    body = {"nonce": nonce, "username": "helper", "password": "x", "mac": mac, "user_type": "support"}
    assert (await desk.post(PATH, body)).status == 200


async def test_of_fifty_callers_one_uses_a_nonce(desk: Desk) -> None:
    nonce = (await desk.get(PATH)).ok()["nonce"]
    said = await asyncio.gather(*(register_by_secret(desk, f"p{n}", nonce=nonce) for n in range(50)))
    assert sorted(one.status for one in said) == [200] + [400] * 49
    assert len(await desk.database.fetch("SELECT * FROM account")) == 1


async def test_without_a_secret_there_is_no_such_door(desk: Desk) -> None:
    desk.configure(registration_shared_secret="")
    for said in (await desk.get(PATH), await register_by_secret(desk, "alice", nonce="x")):
        assert (said.status, said.errcode) == (400, "M_UNKNOWN")
