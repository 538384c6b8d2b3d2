"""OpenID tokens: they say who somebody is, for an hour, and nothing else."""

import pytest

from chappe.accounts import openid
from chappe.events.signing import SigningKey
from chappe.identity import Identity
from chappe.ids import ServerName, UserID
from tests.house import House, Person, Said

pytestmark = pytest.mark.anyio


async def token_of(person: Person) -> str:
    answer = (await person.post(f"/user/{person.user_id}/openid/request_token")).ok()
    assert answer | {"access_token": ""} == {
        "access_token": "",
        "token_type": "Bearer",
        "matrix_server_name": "localhost",
        "expires_in": 3600,
    }
    return str(answer["access_token"])


async def owner(house: House, token: str) -> Said:
    return await house.request("GET", "/_matrix/federation/v1/openid/userinfo", query={"access_token": token})


async def test_a_service_learns_who_somebody_is(house: House) -> None:
    """requestOpenIdToken, exchangeOpenIdToken."""
    anna, bob = await house.person("anna"), await house.person("bob")
    token = await token_of(anna)
    assert (await owner(house, token)).ok() == {"sub": anna.user_id}
    assert (await bob.post(f"/user/{anna.user_id}/openid/request_token")).errcode == "M_FORBIDDEN"
    assert (await house.request("GET", "/account/whoami", token=token)).errcode == "M_UNKNOWN_TOKEN"
    house.clock.advance(3590)
    assert (await owner(house, token)).ok() == {"sub": anna.user_id}
    house.clock.advance(20)
    assert (await owner(house, token)).errcode == "M_UNKNOWN_TOKEN"


async def test_a_forged_token_is_nobodys(house: House) -> None:
    anna = await house.person("anna")
    token = await token_of(anna)
    told, _, seal = token.removeprefix("cho_").partition(".")
    elsewhere = Identity(ServerName("localhost"), SigningKey.generate())
    for forged in (
        "",
        "x",
        "cho_",
        "cho_.",
        "é",
        f"cho_{told}",
        f"cho_{told}.{'B' if seal[0] == 'A' else 'A'}{seal[1:]}",
        f"cho_{told[:-2]}AA.{seal}",
        f"cho_{told}.\U0001f600",
        openid.new_token(elsewhere, UserID(anna.user_id), house.clock.now_ms()),
        anna.token,
    ):
        said = await owner(house, forged)
        assert (said.status, said.errcode) == (401, "M_UNKNOWN_TOKEN"), forged
    nothing = await house.request("GET", "/_matrix/federation/v1/openid/userinfo")
    assert (nothing.status, nothing.errcode) == (400, "M_MISSING_PARAM")


async def test_whose_account_ended_is_nobody(house: House) -> None:
    anna = await house.person("anna")
    token = await token_of(anna)
    auth = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": anna.user_id},
        "password": House.PASSWORD,
    }
    (await anna.post("/account/deactivate", {"auth": auth})).ok()
    assert (await owner(house, token)).errcode == "M_UNKNOWN_TOKEN"


def test_a_signature_for_something_else_is_no_token() -> None:
    identity = Identity(ServerName("localhost"), SigningKey.generate())
    assert not openid.PURPOSE.startswith(b"{"), "events and keys are signed as JSON objects"
    told = openid.new_token(identity, UserID("@anna:localhost"), 0)
    assert openid.owner_of(identity, told, openid.TOKEN_MS) == "@anna:localhost"
