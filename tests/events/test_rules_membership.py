"""Rules 4.4 to 4.7: inviting, leaving, kicking, banning, unbanning, knocking.

The rules' numbers are those of version 11; in version 12 they are one higher from 2 on.
"""

from collections.abc import Callable

from chappe.events.state import Draft
from tests.events.rooms import ALICE, BOB, FAR, Room, powered
from tests.events.rules import ALL, V7, V10, Case, expect, per_version


def knocks_as(membership: str) -> Callable[[Room], Draft]:
    return lambda room: room.rule("knock").member(ALICE, membership).knocks(ALICE)


INVITE = [
    Case("4.4.2 inviter not in the room", ALL, False, lambda r: r.invites(ALICE, BOB)),
    Case("4.4.2 inviter only invited", ALL, False, lambda r: r.member(ALICE, "invite").invites(ALICE, BOB)),
    Case("4.4.3 already in", ALL, False, lambda r: powered(r).invites(ALICE, BOB)),
    Case("4.4.3 banned", ALL, False, lambda r: powered(r).member(FAR, "ban").invites(ALICE, FAR)),
    Case("4.4.4 level reached", ALL, True, lambda r: powered(r, invite=50).invites(ALICE, FAR)),
    Case("4.4.4 default level 0", ALL, True, lambda r: r.member(ALICE, "join").invites(ALICE, FAR)),
    Case("4.4.4 after a knock", V7, True, lambda r: powered(r).member(FAR, "knock").invites(ALICE, FAR)),
    Case("4.4.5 level missed", ALL, False, lambda r: powered(r, invite=51).invites(ALICE, FAR)),
]

LEAVE = [
    Case("4.5.1 leave", ALL, True, lambda r: r.member(ALICE, "join").leaves(ALICE)),
    Case("4.5.1 decline", ALL, True, lambda r: r.member(ALICE, "invite").leaves(ALICE)),
    Case("4.5.1 take back a knock", V7, True, lambda r: r.member(ALICE, "knock").leaves(ALICE)),
    Case("4.5.1 a knock before it existed", "6", False, lambda r: r.member(ALICE, "knock").leaves(ALICE)),
    Case("4.5.1 never there", ALL, False, lambda r: r.leaves(ALICE)),
    Case("4.5.1 banned", ALL, False, lambda r: r.member(ALICE, "ban").leaves(ALICE)),
    Case("4.5.2 kick from outside", ALL, False, lambda r: powered(r).member(ALICE, "leave").kicks(ALICE, BOB)),
    Case("4.5.3 unban", ALL, True, lambda r: powered(r).member(BOB, "ban").kicks(ALICE, BOB)),
    Case("4.5.3 unban below ban level", ALL, False, lambda r: powered(r, ban=51).member(BOB, "ban").kicks(ALICE, BOB)),
    Case(
        "4.5.4 unban below kick level", ALL, False, lambda r: powered(r, kick=51).member(BOB, "ban").kicks(ALICE, BOB)
    ),
    Case("4.5.4 kick", ALL, True, lambda r: powered(r).kicks(ALICE, BOB)),
    Case("4.5.4 take back an invitation", ALL, True, lambda r: powered(r).member(FAR, "invite").kicks(ALICE, FAR)),
    Case("4.5.5 kick level missed", ALL, False, lambda r: powered(r, kick=51).kicks(ALICE, BOB)),
    Case("4.5.5 kick an equal", ALL, False, lambda r: powered(r, users={ALICE: 50, BOB: 50}).kicks(ALICE, BOB)),
    Case("4.5.5 kick a higher one", ALL, False, lambda r: powered(r, kick=0).kicks(BOB, ALICE)),
]

BAN = [
    Case("4.6.1 ban from outside", ALL, False, lambda r: powered(r).member(ALICE, "leave").bans(ALICE, BOB)),
    Case("4.6.2 ban", ALL, True, lambda r: powered(r).bans(ALICE, BOB)),
    Case("4.6.2 ban one who was never here", ALL, True, lambda r: powered(r).bans(ALICE, FAR)),
    Case("4.6.3 ban level missed", ALL, False, lambda r: powered(r, ban=51).bans(ALICE, BOB)),
    Case("4.6.3 ban an equal", ALL, False, lambda r: powered(r, users={ALICE: 50, BOB: 50}).bans(ALICE, BOB)),
    Case("4.6.3 ban oneself", ALL, False, lambda r: powered(r).bans(ALICE, ALICE)),
]

KNOCK = [
    Case("4.7.1 no knock rule", V7, False, lambda r: r.rule("invite").knocks(ALICE)),
    Case("4.7.1 public", V7, False, lambda r: r.rule("public").knocks(ALICE)),
    Case("4.7.2 for another", V7, False, lambda r: r.rule("knock").change(ALICE, BOB, "knock")),
    Case("4.7.3 knock", V7, True, lambda r: r.rule("knock").knocks(ALICE)),
    Case("4.7.3 knock again", V7, True, lambda r: r.rule("knock").member(ALICE, "knock").knocks(ALICE)),
    *(Case(f"4.7.4 {name}", V7, False, knocks_as(name)) for name in ("ban", "invite", "join")),
    Case("4.7 before it existed", "6", False, lambda r: r.rule("knock").knocks(ALICE)),
    Case("4.7.1 knock_restricted", V10, True, lambda r: r.rule("knock_restricted").knocks(ALICE)),
    Case(
        "4.7.1 knock_restricted before it existed", "7 8 9", False, lambda r: r.rule("knock_restricted").knocks(ALICE)
    ),
]


@per_version([*INVITE, *LEAVE, *BAN, *KNOCK])
def test_rule(version: str, case: Case) -> None:
    expect(version, case)
