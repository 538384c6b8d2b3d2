"""The authorisation rules for m.room.member: who may join, invite, leave, kick, ban, unban and knock.

Matrix: "Room versions", "Authorisation rules", rule 4 (rule 5 in version 12). The numbers in comments are
those of version 11.
"""

from collections.abc import Container
from itertools import islice, product

from chappe.errors import Errcode, Refused
from chappe.events.powers import join_rule_of, membership_of, power_for, power_of
from chappe.events.signing import decode_base64, signed_bytes, verify
from chappe.events.state import AuthState, Candidate, StateEvent
from chappe.events.versions import RoomVersion
from chappe.ids import is_user_id, server_of

MAX_SIGNATURE_CHECKS = 64
"""How many pairs of signature and key a third-party invite may make us try, at some 50 µs each."""


def authorise_member(
    version: RoomVersion, event: Candidate, state: AuthState, create: StateEvent, signed_by: Container[str]
) -> None:
    """Refuse (FORBIDDEN) a change of membership that the rules do not allow."""
    target = event.state_key
    membership = event.content.get("membership")
    if target is None or not isinstance(membership, str):
        raise _no("A membership event needs a state_key and a membership.")  # rule 4.1
    if not is_user_id(target):
        raise _no("The state_key of a membership event is the user ID of the member.")
    if version.restricted and "join_authorised_via_users_server" in event.content:  # rule 4.2
        via = event.content["join_authorised_via_users_server"]
        if not is_user_id(via):
            raise _no("join_authorised_via_users_server is not a user ID.")
        server = server_of(str(via))
        if server != server_of(event.sender) and server not in signed_by:
            raise _no("The event has no valid signature by the server of join_authorised_via_users_server.")
    match membership:
        case "join":
            _authorise_join(version, event, target, state, create)
        case "invite":
            _authorise_invite(version, event, target, state)
        case "leave":
            _authorise_leave(version, event, target, state)
        case "ban":
            _authorise_ban(version, event, target, state)
        case "knock" if version.knock:
            _authorise_knock(version, event, target, state)
        case _:
            raise _no("This room version has no such membership.")  # rule 4.8


def _authorise_join(version: RoomVersion, event: Candidate, target: str, state: AuthState, create: StateEvent) -> None:
    """Rule 4.3."""
    creator = create.sender if version.creator_is_sender else create.content.get("creator")
    if tuple(event.prev_events) == (create.event_id,) and target == creator:
        return  # rule 4.3.1
    if event.sender != target:
        raise _no("Nobody can join a room for somebody else.")  # rule 4.3.2
    current = membership_of(state, target)
    if current == "ban":
        raise _no("You are banned from this room.")  # rule 4.3.3
    rule = join_rule_of(state)
    by_invite = rule == "invite" or (rule == "knock" and version.knock)
    by_membership_elsewhere = (rule == "restricted" and version.restricted) or (
        rule == "knock_restricted" and version.knock_restricted
    )
    if rule == "public" or (current in ("join", "invite") and (by_invite or by_membership_elsewhere)):
        return  # rules 4.3.4, 4.3.5.1 and 4.3.6
    if by_membership_elsewhere:
        via = event.content.get("join_authorised_via_users_server")
        if not isinstance(via, str) or membership_of(state, via) != "join":
            raise _no("You need an invitation, or to be in a room whose members may join.")  # rule 4.3.5.2
        if power_of(version, state, via) < power_for(state, "invite"):
            raise _no("The member who would let you in may not invite people to this room.")  # rule 4.3.5.2
        return
    raise _no("You need an invitation to join this room.")  # rules 4.3.4 and 4.3.7


def _authorise_invite(version: RoomVersion, event: Candidate, target: str, state: AuthState) -> None:
    """Rule 4.4."""
    if "third_party_invite" in event.content:
        _authorise_third_party_invite(event, target, state)
        return
    if membership_of(state, event.sender) != "join":
        raise _no("You are not in this room.")  # rule 4.4.2
    current = membership_of(state, target)
    if current == "join":
        raise _no("That user is already in this room.")  # rule 4.4.3
    if current == "ban":
        raise _no("That user is banned from this room.")  # rule 4.4.3
    if power_of(version, state, event.sender) < power_for(state, "invite"):
        raise _no("You may not invite people to this room.")  # rule 4.4.5


def _authorise_third_party_invite(event: Candidate, target: str, state: AuthState) -> None:
    """Rule 4.4.1: an invite that redeems an m.room.third_party_invite by a signature of its key."""
    if membership_of(state, target) == "ban":
        raise _no("That user is banned from this room.")  # rule 4.4.1.1
    invite = event.content["third_party_invite"]
    signed = invite.get("signed") if isinstance(invite, dict) else None
    if not isinstance(signed, dict):
        raise _no("third_party_invite needs an object 'signed'.")  # rule 4.4.1.2
    token = signed.get("token")
    if not isinstance(token, str) or "mxid" not in signed:
        raise _no("third_party_invite.signed needs mxid and token.")  # rule 4.4.1.3
    if signed["mxid"] != target:
        raise _no("The third-party invite is for another user.")  # rule 4.4.1.4
    offer = state.get("m.room.third_party_invite", token)
    if offer is None:
        raise _no("The room has no third-party invite with that token.")  # rule 4.4.1.5
    if offer.sender != event.sender:
        raise _no("The third-party invite is by another user.")  # rule 4.4.1.6
    if not _any_signature_matches(signed, offer.content):
        raise _no("The third-party invite has no signature by a key that was named for it.")  # rule 4.4.1.8


def _any_signature_matches(signed: dict[str, object], offer: dict[str, object]) -> bool:
    """Rule 4.4.1.7. Looks at the first `MAX_SIGNATURE_CHECKS` pairs of signature and key."""
    keys: list[object] = [offer.get("public_key")]
    more = offer.get("public_keys")
    if isinstance(more, list):
        keys += [entry.get("public_key") for entry in more if isinstance(entry, dict)]
    by_server = signed.get("signatures")
    signatures = [
        signature
        for by_key in (by_server.values() if isinstance(by_server, dict) else ())
        for key_id, signature in (by_key.items() if isinstance(by_key, dict) else ())
        if key_id.startswith("ed25519:")
    ]
    try:
        message = signed_bytes(signed)
    except Refused:
        return False
    for signature, key in islice(product(signatures, keys), MAX_SIGNATURE_CHECKS):
        signature_bytes, key_bytes = decode_base64(signature), decode_base64(key)
        if signature_bytes is not None and key_bytes is not None and verify(message, signature_bytes, key_bytes):
            return True
    return False


def _authorise_leave(version: RoomVersion, event: Candidate, target: str, state: AuthState) -> None:
    """Rule 4.5: leaving, declining an invitation, taking back a knock; kicking and unbanning others."""
    current = membership_of(state, target)
    if event.sender == target:
        if current in ("invite", "join") or (current == "knock" and version.knock):
            return  # rule 4.5.1
        raise _no("You are not in this room.")
    if membership_of(state, event.sender) != "join":
        raise _no("You are not in this room.")  # rule 4.5.2
    power = power_of(version, state, event.sender)
    if current == "ban" and power < power_for(state, "ban"):
        raise _no("You may not lift bans in this room.")  # rule 4.5.3
    if power < power_for(state, "kick") or power_of(version, state, target) >= power:
        raise _no("You may not remove that user from this room.")  # rule 4.5.5


def _authorise_ban(version: RoomVersion, event: Candidate, target: str, state: AuthState) -> None:
    """Rule 4.6."""
    if membership_of(state, event.sender) != "join":
        raise _no("You are not in this room.")  # rule 4.6.1
    power = power_of(version, state, event.sender)
    if power < power_for(state, "ban") or power_of(version, state, target) >= power:
        raise _no("You may not ban that user from this room.")  # rule 4.6.3


def _authorise_knock(version: RoomVersion, event: Candidate, target: str, state: AuthState) -> None:
    """Rule 4.7."""
    rule = join_rule_of(state)
    if rule != "knock" and not (rule == "knock_restricted" and version.knock_restricted):
        raise _no("This room does not take knocks.")  # rule 4.7.1
    if event.sender != target:
        raise _no("Nobody can knock for somebody else.")  # rule 4.7.2
    current = membership_of(state, target)
    if current == "ban":
        raise _no("You are banned from this room.")  # rule 4.7.4
    if current in ("invite", "join"):
        raise _no("You need not knock: you are in this room, or invited.")  # rule 4.7.4


def _no(reason: str) -> Refused:
    return Refused(Errcode.FORBIDDEN, reason)
