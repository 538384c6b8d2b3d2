"""Cross-signing keys, and the signatures made with them."""

import copy
from typing import Any

import pytest

from tests.house import House, Person, Said, gather_at_once
from tests.keys.publishing import CrossSigner, Phone, new_key, phone, query, signed_by

pytestmark = pytest.mark.anyio

UPLOAD = "/keys/device_signing/upload"


async def person(house: House, name: str) -> tuple[Phone, CrossSigner]:
    """Someone with a device and cross-signing keys, both published."""
    made = await phone(house, name)
    signer = CrossSigner(made.person.user_id)
    (await made.person.post(UPLOAD, signer.body())).ok()
    return made, signer


async def with_password(phone: Phone, body: dict[str, Any]) -> Said:
    challenge = await phone.person.post(UPLOAD, body)
    assert challenge.status == 401, challenge.text
    auth = {
        "type": "m.login.password",
        "session": challenge.json["session"],
        "identifier": {"type": "m.id.user", "user": phone.person.user_id},
        "password": House.PASSWORD,
    }
    return await phone.person.post(UPLOAD, {**body, "auth": auth})


async def test_the_first_keys_need_no_password_and_others_do(house: House) -> None:
    """uploadCrossSigningKeys: once freely, the same again freely, others with the password only."""
    anna, first = await person(house, "anna")
    assert (await anna.person.post(UPLOAD, first.body())).ok() == {}
    assert (await anna.person.post(UPLOAD, {"master_key": first.master_key})).ok() == {}
    second = CrossSigner(anna.person.user_id)
    for body in (second.body(), {**first.body(), "user_signing_key": second.body()["user_signing_key"]}):
        said = await anna.person.post(UPLOAD, body)
        assert (said.status, said.json["flows"]) == (401, [{"stages": ["m.login.password"]}])
    assert (await query(anna.person, anna.person))["master_keys"] == {anna.person.user_id: first.master_key}
    assert (await with_password(anna, second.body())).ok() == {}
    told = await query(anna.person, anna.person)
    assert told["master_keys"] == {anna.person.user_id: second.master_key}
    assert told["self_signing_keys"] == {anna.person.user_id: second.body()["self_signing_key"]}


async def test_of_many_first_uploads_one_holds(house: House) -> None:
    """uploadCrossSigningKeys: fifty at once are one first upload, and 49 replacements that lack the password."""
    anna = await phone(house, "anna")
    signers = [CrossSigner(anna.person.user_id) for _ in range(50)]
    said = await gather_at_once(*(anna.person.post(UPLOAD, signer.body()) for signer in signers))
    assert sorted({one.status for one in said if one.status != 200}) in ([401], [403], [401, 403])
    [first] = [signer for signer, one in zip(signers, said, strict=True) if one.status == 200]
    told = await query(anna.person, anna.person)
    assert told["master_keys"] == {anna.person.user_id: first.master_key}
    assert told["user_signing_keys"] == {anna.person.user_id: first.body()["user_signing_key"]}


async def test_keys_that_are_wrong_are_refused(house: House) -> None:
    """uploadCrossSigningKeys: another's, signed by another, without a master key, malformed."""
    anna = await phone(house, "anna")
    signer, eve = CrossSigner(anna.person.user_id), CrossSigner(anna.person.user_id)
    good = signer.body()
    named = {**good["master_key"], "keys": {"ed25519:x": signer.master.public_base64}}
    two = {**good["master_key"]["keys"], **eve.master_key["keys"]}
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("M_MISSING_PARAM", {}),
        ("M_MISSING_PARAM", {"self_signing_key": good["self_signing_key"]}),
        ("M_INVALID_SIGNATURE", {**good, "self_signing_key": eve.body()["self_signing_key"]}),
        ("M_INVALID_SIGNATURE", {**good, "user_signing_key": {**good["user_signing_key"], "signatures": {}}}),
        ("M_INVALID_PARAM", CrossSigner("@eve:localhost").body()),
        ("M_INVALID_PARAM", {**good, "self_signing_key": good["user_signing_key"]}),
        ("M_INVALID_PARAM", {"master_key": named}),
        ("M_INVALID_PARAM", {"master_key": {**good["master_key"], "keys": two}}),
        ("M_INVALID_PARAM", {"master_key": {**good["master_key"], "keys": {}}}),
        ("M_BAD_JSON", {"master_key": {**good["master_key"], "more": 1.5}}),
        ("M_BAD_JSON", {"master_key": []}),
        ("M_TOO_LARGE", {"master_key": {**good["master_key"], "more": "x" * 5_000}}),
    ]
    for errcode, body in wrong:
        said = await anna.person.post(UPLOAD, body)
        assert (said.status >= 400, said.errcode) == (True, errcode), body
    assert (await query(anna.person, anna.person))["master_keys"] == {}


async def test_a_key_may_not_be_named_like_a_device(house: House) -> None:
    """uploadCrossSigningKeys, uploadKeys: a device and a key of one person never have the same id."""
    signer = CrossSigner("@anna:localhost")
    await house.person("anna")
    body = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": "anna"},
        "password": House.PASSWORD,
        "device_id": signer.master.public_base64,
    }
    token = (await house.request("POST", "/login", body)).ok()["access_token"]
    named = Phone(Person(house, signer.user_id, token, signer.master.public_base64))
    (await named.upload()).ok()
    assert (await named.person.post(UPLOAD, signer.body())).errcode == "M_FORBIDDEN"
    (await named.person.post("/logout")).ok()
    other = Phone(await house.log_in(signer.user_id))
    (await other.person.post(UPLOAD, signer.body())).ok()
    token = (await house.request("POST", "/login", body)).ok()["access_token"]
    again = Phone(Person(house, signer.user_id, token, signer.master.public_base64))
    assert (await again.upload()).errcode == "M_FORBIDDEN"


async def sign(by: Phone, user_id: str, target: str, value: dict[str, Any]) -> Any:
    return (await by.person.post("/keys/signatures/upload", {user_id: {target: value}})).ok()["failures"]


async def test_signatures_are_told_to_whom_they_concern(house: House) -> None:
    """uploadCrossSigningSignatures: on one's own devices to all, on other people to oneself only."""
    anna, annas = await person(house, "anna")
    bob, bobs = await person(house, "bob")
    carl = await house.person("carl")
    anna_id, bob_id, device = anna.person.user_id, bob.person.user_id, anna.person.device_id
    assert await sign(anna, anna_id, device, annas.sign(anna.device_keys(), annas.self_signing)) == {}
    master = anna.sign(annas.master_key)
    assert await sign(anna, anna_id, annas.master.public_base64, master) == {}
    assert await sign(anna, bob_id, bobs.master.public_base64, signed_by_anna(annas, bobs)) == {}

    for asker in (anna.person, bob.person, carl):
        told = await query(asker, anna.person, bob.person)
        signatures = told["device_keys"][anna_id][device]["signatures"][anna_id]
        assert set(signatures) == {anna.name, f"ed25519:{annas.self_signing.public_base64}"}
        assert told["master_keys"][anna_id] == master
        assert set(told["master_keys"][bob_id].get("signatures", {})) == ({anna_id} if asker is anna.person else set())
        assert set(told["user_signing_keys"]) == {asker.user_id} - {carl.user_id}


def signed_by_anna(annas: CrossSigner, bobs: CrossSigner) -> dict[str, Any]:
    return annas.sign(bobs.master_key, annas.user_signing)


async def test_signatures_that_are_wrong_are_failures(house: House) -> None:
    """uploadCrossSigningSignatures: by a key that may not, forged, on what is not there or was changed."""
    anna, annas = await person(house, "anna")
    bob, bobs = await person(house, "bob")
    anna_id, bob_id, device = anna.person.user_id, bob.person.user_id, anna.person.device_id
    forged = signed_by(anna.device_keys(), anna_id, new_key(), f"ed25519:{annas.self_signing.public_base64}")
    changed = copy.deepcopy(anna.device_keys())
    changed["algorithms"] = []
    wrong: list[tuple[str, str, str, dict[str, Any]]] = [
        ("M_INVALID_SIGNATURE", anna_id, device, forged),
        ("M_INVALID_SIGNATURE", anna_id, device, anna.device_keys()),
        ("M_INVALID_SIGNATURE", anna_id, device, annas.sign(anna.device_keys(), annas.user_signing)),
        ("M_INVALID_SIGNATURE", anna_id, device, {**anna.device_keys(), "signatures": {}}),
        ("M_INVALID_SIGNATURE", bob_id, bobs.master.public_base64, annas.sign(bobs.master_key, annas.self_signing)),
        ("M_INVALID_SIGNATURE", bob_id, bobs.master.public_base64, bobs.sign(bobs.master_key, bobs.user_signing)),
        ("M_INVALID_PARAM", anna_id, device, annas.sign(changed, annas.self_signing)),
        ("M_NOT_FOUND", anna_id, "NONE", annas.sign(anna.device_keys(), annas.self_signing)),
        ("M_NOT_FOUND", anna_id, "with\0nul", annas.sign(anna.device_keys(), annas.self_signing)),
        ("M_NOT_FOUND", bob_id, bob.person.device_id, annas.sign(bob.device_keys(), annas.user_signing)),
        ("M_NOT_FOUND", "@no:localhost", "NONE", annas.sign(anna.device_keys(), annas.self_signing)),
        ("M_BAD_JSON", anna_id, device, {**anna.device_keys(), "more": 1.5}),
    ]
    for errcode, user_id, target, value in wrong:
        failures = await sign(anna, user_id, target, value)
        assert failures[user_id][target]["errcode"] == errcode, value
    good = annas.sign(anna.device_keys(), annas.self_signing)
    body = {anna_id: {device: good, "NONE": good}}
    failures = (await anna.person.post("/keys/signatures/upload", body)).ok()["failures"]
    assert set(failures[anna_id]) == {"NONE"}
    told = await query(bob.person, anna.person)
    assert len(told["device_keys"][anna_id][device]["signatures"][anna_id]) == 2
    assert "signatures" not in (await query(anna.person, bob.person))["master_keys"][bob_id]


async def test_who_replaces_their_keys_loses_what_the_former_ones_signed(house: House) -> None:
    anna, annas = await person(house, "anna")
    device = anna.person.device_id
    await sign(anna, anna.person.user_id, device, annas.sign(anna.device_keys(), annas.self_signing))
    (await with_password(anna, CrossSigner(anna.person.user_id).body())).ok()
    told = await query(anna.person, anna.person)
    assert told["device_keys"][anna.person.user_id][device] == anna.device_keys()


async def test_a_new_master_key_alone_takes_the_others_away(house: House) -> None:
    anna, _ = await person(house, "anna")
    (await with_password(anna, {"master_key": CrossSigner(anna.person.user_id).master_key})).ok()
    told = await query(anna.person, anna.person)
    assert (told["self_signing_keys"], told["user_signing_keys"]) == ({}, {})


async def test_an_account_that_ends_leaves_no_keys(house: House) -> None:
    anna, _ = await person(house, "anna")
    bob = await house.person("bob")
    challenge = await anna.person.post("/account/deactivate", {})
    auth = {
        "type": "m.login.password",
        "session": challenge.json["session"],
        "identifier": {"type": "m.id.user", "user": "anna"},
        "password": House.PASSWORD,
    }
    (await anna.person.post("/account/deactivate", {"auth": auth})).ok()
    told = await query(bob, anna.person)
    assert told["device_keys"] == {anna.person.user_id: {}}
    assert told["master_keys"] == {}


@pytest.mark.parametrize("body", [{"@a:localhost": 1}, {"@a:localhost": {"D": 1}}, {"nobody": {}}])
async def test_malformed_signatures_are_refused(house: House, body: dict[str, Any]) -> None:
    """uploadCrossSigningSignatures: what is no object of objects."""
    anna = await house.person("anna")
    assert (await anna.post("/keys/signatures/upload", body)).status == 400
    many: dict[str, dict[str, object]] = {"@a:localhost": {f"D{n}": {} for n in range(501)}}
    assert (await anna.post("/keys/signatures/upload", many)).errcode == "M_TOO_LARGE"
