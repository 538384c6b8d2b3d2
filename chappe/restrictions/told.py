"""What people are told of a restriction: in a placeholder, and in the refusal of what they may not have.

RFC 7725 on the status 451. Nothing that is restricted is ever answered with 404: that it is restricted is no secret
(R124, R126).
"""

import msgspec

from chappe.errors import Errcode, Refused
from chappe.restrictions.restriction import Ground, Kind, Measure, Restriction

KEY = "org.chappe.restricted"
"""Under which clients find it: in `unsigned` of an event, in a room of /sync, in a refusal."""

_WHAT = {
    Kind.EVENT: "This message",
    Kind.ROOM: "This room",
    Kind.ACCOUNT: "This account",
    Kind.MEDIA: "This file",
}


def told_of(r: Restriction) -> dict[str, object]:
    """What may be told of a restriction to anybody it applies to."""
    told: dict[str, object] = {
        "id": r.id,
        "measure": r.measure.value,
        "territories": list(r.territories),
        "decision": r.decision,
        "ground": r.ground.value,
        "reason": r.reason_code,
        "since": r.since,
        "told": dict(r.told),
    }
    return told if r.until is None else {**told, "until": r.until}


def placeholder_of(r: Restriction) -> bytes:
    """The same as JSON."""
    return msgspec.json.encode(told_of(r))


def withheld(r: Restriction, base_url: str) -> Refused:
    """The refusal of a room or media: 451 where the law or an authority has it so, 403 where the terms do."""
    if r.ground is Ground.TERMS:
        return _refused(Errcode.RESTRICTED, f"{_WHAT[r.kind]} broke the terms of this server, and is not available.", r)
    where = f" in {', '.join(r.territories)}" if r.territories else ""
    by = " ".join(text for text in (r.told.get("authority", ""), r.told.get("reference", "")) if text)
    cause = f" on request of {by}" if by and r.ground is Ground.ORDER else " under the law"
    # RFC 7725, section 4: who blocks it, which is this server, and not who wanted that.
    link = ("Link", f'<{base_url}>; rel="blocked-by"')
    return _refused(Errcode.WITHHELD, f"{_WHAT[r.kind]} is withheld{where}{cause}.", r, link)


def frozen(r: Restriction) -> Refused:
    """The refusal to write into a room that may be read."""
    return _refused(Errcode.RESTRICTED, "Nobody can write in this room for now; you can leave it.", r)


def limited(r: Restriction) -> Refused:
    """The refusal of what a limited account may not do."""
    return _refused(Errcode.RESTRICTED, "Your account is limited and cannot do this for now.", r)


def standing_refused(r: Restriction) -> Refused:
    """The refusal of what a suspended, locked or terminated account may not do (v1.19, "Account moderation")."""
    if r.measure is Measure.SUSPENDED:
        return _refused(Errcode.USER_SUSPENDED, "You cannot do this while your account is suspended.", r)
    # Clients that are told of a soft logout keep what they have: it may all come back (R87).
    if r.measure is Measure.LOCKED:
        return _refused(Errcode.USER_LOCKED, "This account is locked.", r, soft_logout=True)
    assert r.measure is Measure.TERMINATED, "the measures that an account can have beside limits"
    return _refused(Errcode.UNKNOWN_TOKEN, "This account was terminated.", r, soft_logout=True)


def _refused(code: Errcode, what: str, r: Restriction, *headers: tuple[str, str], **more: object) -> Refused:
    contest = r.told.get("contest")
    how = f" It can be contested: {contest}" if contest else ""
    refused = Refused(code, f"{what} Decision {r.decision}.{how}", headers=headers)
    refused.details.update(more)
    refused.details[KEY] = told_of(r)
    return refused
