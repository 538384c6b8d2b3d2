"""Rule 4.4.1: an invite that redeems the offer to somebody known by an address only.

The rules' numbers are those of version 11; in version 12 they are one higher from 2 on.
"""

import pytest

from chappe.errors import Refused
from chappe.events.auth import authorise
from chappe.events.auth_member import MAX_SIGNATURE_CHECKS
from chappe.events.signing import SigningKey, sign_json
from chappe.events.state import Draft
from tests.events.rooms import ALICE, BOB, FAR, Room
from tests.events.rules import ALL, Case, expect, per_version

IDENTITY_KEY = SigningKey.from_seed(b"i" * 32, "ed25519:0")
OTHER_KEY = SigningKey.from_seed(b"o" * 32, "ed25519:0")


def offered(room: Room, **content: object) -> Room:
    offer = {"display_name": "b…", "public_key": IDENTITY_KEY.public_base64, **content}
    return room.put("m.room.third_party_invite", "token", offer, sender=ALICE)


def redeem(room: Room, sender: str = ALICE, key: SigningKey = IDENTITY_KEY, **signed: object) -> Draft:
    proof = sign_json({"mxid": FAR, "token": "token", **signed}, "id.here", key)
    return room.change(sender, FAR, "invite", third_party_invite={"display_name": "b…", "signed": proof})


def with_proof(room: Room, proof: object) -> Draft:
    return offered(room).change(ALICE, FAR, "invite", third_party_invite=proof)


THIRD_PARTY = [
    Case("4.4.1.1 banned", ALL, False, lambda r: redeem(offered(r).member(FAR, "ban"))),
    Case("4.4.1.2 no signed", ALL, False, lambda r: with_proof(r, {})),
    Case("4.4.1.2 no object", ALL, False, lambda r: with_proof(r, "x")),
    Case("4.4.1.2 signed is no object", ALL, False, lambda r: with_proof(r, {"signed": "x"})),
    Case(
        "4.4.1.3 no mxid",
        ALL,
        False,
        lambda r: with_proof(r, {"signed": sign_json({"token": "token"}, "i", IDENTITY_KEY)}),
    ),
    Case(
        "4.4.1.3 no token", ALL, False, lambda r: with_proof(r, {"signed": sign_json({"mxid": FAR}, "i", IDENTITY_KEY)})
    ),
    Case("4.4.1.3 token is no text", ALL, False, lambda r: redeem(offered(r), token=["token"])),
    Case("4.4.1.4 another user", ALL, False, lambda r: redeem(offered(r), mxid=BOB)),
    Case("4.4.1.5 no offer with that token", ALL, False, lambda r: redeem(offered(r), token="other")),
    Case("4.4.1.6 another sender", ALL, False, lambda r: redeem(offered(r), sender=BOB)),
    Case("4.4.1.7 signed with public_key", ALL, True, lambda r: redeem(offered(r))),
    Case(
        "4.4.1.7 signed with one of public_keys",
        ALL,
        True,
        lambda r: redeem(offered(r, public_keys=[5, {}, {"public_key": OTHER_KEY.public_base64}]), key=OTHER_KEY),
    ),
    Case(
        "4.4.1.7 the key in the URL-safe alphabet",
        ALL,
        True,
        lambda r: redeem(offered(r, public_key=IDENTITY_KEY.public_base64.replace("+", "-").replace("/", "_"))),
    ),
    Case("4.4.1.8 signed with another key", ALL, False, lambda r: redeem(offered(r), key=OTHER_KEY)),
    Case("4.4.1.8 no signatures", ALL, False, lambda r: with_proof(r, {"signed": {"mxid": FAR, "token": "token"}})),
    Case(
        "4.4.1.8 broken signatures",
        ALL,
        False,
        lambda r: with_proof(
            r, {"signed": {"mxid": FAR, "token": "token", "signatures": {"a": 1, "b": {"ed25519:0": 2, "x": "y"}}}}
        ),
    ),
    Case("4.4.1.8 keys of no use", ALL, False, lambda r: redeem(offered(r, public_key=None, public_keys="x"))),
]


@per_version([*THIRD_PARTY])
def test_rule(version: str, case: Case) -> None:
    expect(version, case)


def test_an_invite_makes_us_try_a_limited_number_of_keys() -> None:
    wrong = {"public_key": OTHER_KEY.public_base64}
    right = {"public_key": IDENTITY_KEY.public_base64}
    for wrong_ones, found in ((MAX_SIGNATURE_CHECKS - 2, True), (MAX_SIGNATURE_CHECKS - 1, False)):
        room = Room("11")
        event = redeem(offered(room, public_key=wrong["public_key"], public_keys=[wrong] * wrong_ones + [right]))
        if found:
            authorise(room.version, event, room)
        else:
            with pytest.raises(Refused):
                authorise(room.version, event, room)
