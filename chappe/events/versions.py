"""The room versions this server speaks, 6 to 12, and in what they differ.

Matrix: "Room versions". A difference is a named flag here, so that no rule elsewhere compares version numbers.
"""

from dataclasses import dataclass, replace

from chappe.errors import Errcode, Refused


@dataclass(frozen=True, slots=True)
class RoomVersion:
    """A room version, as the set of features that its rules, format and redactions have."""

    id: str
    """As in `content.room_version` of the create event: "6" … "12"."""
    knock: bool = False
    """v7: membership `knock` and the join rule of that name."""
    restricted: bool = False
    """v8: the join rule `restricted`; its `allow` survives redaction."""
    redaction_keeps_authorising_user: bool = False
    """v9: `join_authorised_via_users_server` survives redaction."""
    knock_restricted: bool = False
    """v10: the join rule `knock_restricted`."""
    integer_power_levels: bool = False
    """v10: power levels are integers; before, strings such as " +100 " count as well."""
    creator_is_sender: bool = False
    """v11: whoever sent the create event is the creator; before, `content.creator` says it."""
    redacts_in_content: bool = False
    """v11: a redaction names its event in `content.redacts`; before, in a top-level `redacts`."""
    redaction_updated: bool = False
    """v11: the redaction algorithm keeps all of a create event, `invite`, `signed`, and fewer top-level keys."""
    room_id_is_hash: bool = False
    """v12: the room ID is the create event's ID with the sigil `!`; the create event itself has no `room_id`."""
    create_not_in_auth_events: bool = False
    """v12: the room ID already names the create event, so `auth_events` leave it out."""
    privileged_creators: bool = False
    """v12: the creators, `additional_creators` included, have infinite power and no entry in the power levels."""


_V6 = RoomVersion("6")
_V7 = replace(_V6, id="7", knock=True)
_V8 = replace(_V7, id="8", restricted=True)
_V9 = replace(_V8, id="9", redaction_keeps_authorising_user=True)
_V10 = replace(_V9, id="10", knock_restricted=True, integer_power_levels=True)
_V11 = replace(_V10, id="11", creator_is_sender=True, redacts_in_content=True, redaction_updated=True)
_V12 = replace(_V11, id="12", room_id_is_hash=True, create_not_in_auth_events=True, privileged_creators=True)

ROOM_VERSIONS = {version.id: version for version in (_V6, _V7, _V8, _V9, _V10, _V11, _V12)}
"""Every room version that rooms on this server may have, by its identifier."""


def room_version(text: object) -> RoomVersion:
    """The room version called `text`, or a refusal (UNSUPPORTED_ROOM_VERSION) that lists the possible ones."""
    version = ROOM_VERSIONS.get(text) if isinstance(text, str) else None
    if version is None:
        raise Refused(
            Errcode.UNSUPPORTED_ROOM_VERSION,
            f"This server has no such room version. It has {', '.join(ROOM_VERSIONS)}.",
        )
    return version
