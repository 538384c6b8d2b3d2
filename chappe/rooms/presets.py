"""What a new room starts with: the wishes of `POST /createRoom` turned into events. Pure.

Client-Server API v1.19, "POST /createRoom".
"""

from typing import Literal

import msgspec

from chappe.errors import Errcode, Refused
from chappe.events.versions import RoomVersion
from chappe.ids import RoomAlias, ServerName, UserID, is_user_id, parse_room_alias, parse_user_id
from chappe.rooms.rules import require_local_user, require_sound_power_levels

MAX_INVITES = 100
"""People invited while a room is made; more can be invited afterwards."""
MAX_INITIAL_STATE = 100
"""Events of `initial_state`."""
MAX_ADDITIONAL_CREATORS = 100
NONCE = "org.chappe.nonce"
"""In version 12 a room is named by the hash of its create event. This random key keeps two rooms that one
person makes within a millisecond apart."""

Preset = Literal["private_chat", "trusted_private_chat", "public_chat"]
Content = dict[str, object]


class InitialState(msgspec.Struct):
    """One entry of `initial_state`."""

    type: str
    content: Content
    state_key: str = ""


class NewRoom(msgspec.Struct):
    """The body of `POST /createRoom`."""

    visibility: Literal["public", "private"] | None = None
    preset: Preset | None = None
    room_alias_name: str | None = None
    name: str | None = None
    topic: str | None = None
    invite: list[str] | None = None
    invite_3pid: list[object] | None = None
    room_version: str | None = None
    creation_content: Content | None = None
    initial_state: list[InitialState] | None = None
    is_direct: bool | None = None
    power_level_content_override: Content | None = None

    @property
    def chosen_preset(self) -> Preset:
        """The preset, or the one that the visibility stands for."""
        return self.preset or ("public_chat" if self.visibility == "public" else "private_chat")

    def alias(self, server: ServerName) -> RoomAlias | None:
        """The alias that is wished for, well-formed."""
        if self.room_alias_name is None:
            return None
        name = self.room_alias_name
        if ":" in name or name.startswith("#") or any(sign.isspace() or not sign.isprintable() for sign in name):
            raise Refused(
                Errcode.INVALID_PARAM,
                "room_alias_name is the part between # and : alone, without colons and white space.",
            )
        return parse_room_alias(f"#{name}:{server}", "room_alias_name")

    def invited(self, server: ServerName) -> list[UserID]:
        """The people to invite, each once, all of this server."""
        if self.invite_3pid:
            raise Refused(
                Errcode.FORBIDDEN,
                "People cannot be invited by mail address or phone number here; leave out invite_3pid.",
            )
        named = self.invite or []
        if len(named) > MAX_INVITES:
            raise Refused(Errcode.INVALID_PARAM, f"At most {MAX_INVITES} people are invited with a new room.")
        people = [parse_user_id(one, "An entry of invite") for one in dict.fromkeys(named)]
        for user_id in people:
            require_local_user(user_id, server)
        return people


def create_content(wishes: NewRoom, version: RoomVersion, creator: UserID, nonce: str) -> Content:
    """The content of m.room.create."""
    content = {**(wishes.creation_content or {}), "room_version": version.id}
    content.pop("creator", None)
    if not version.creator_is_sender:
        content["creator"] = creator
    if version.privileged_creators:
        more = _additional_creators(wishes, creator)
        content.pop("additional_creators", None)
        if more:
            content["additional_creators"] = more
    if version.room_id_is_hash:
        content[NONCE] = nonce
    return content


def _additional_creators(wishes: NewRoom, creator: UserID) -> list[str]:
    named = (wishes.creation_content or {}).get("additional_creators", [])
    if not (isinstance(named, list) and len(named) <= MAX_ADDITIONAL_CREATORS and all(map(is_user_id, named))):
        raise Refused(
            Errcode.INVALID_PARAM, f"additional_creators is a list of at most {MAX_ADDITIONAL_CREATORS} user IDs."
        )
    if wishes.chosen_preset == "trusted_private_chat":
        named = [*named, *(wishes.invite or [])]
    return [one for one in dict.fromkeys(named) if one != creator]


def power_levels(wishes: NewRoom, version: RoomVersion, creator: UserID) -> Content:
    """The content of m.room.power_levels, with the caller's own levels on top."""
    users: dict[str, int] = {}
    if not version.privileged_creators:
        users[creator] = 100
        if wishes.chosen_preset == "trusted_private_chat":
            users |= dict.fromkeys(wishes.invite or [], 100)
    content: Content = {
        "users": users,
        "users_default": 0,
        "events": {
            "m.room.name": 50,
            "m.room.avatar": 50,
            "m.room.canonical_alias": 50,
            "m.room.power_levels": 100,
            "m.room.history_visibility": 100,
            "m.room.encryption": 100,
            "m.room.server_acl": 100,
            # In version 12 above what anybody but a creator has: an upgrade replaces the room.
            "m.room.tombstone": 150 if version.privileged_creators else 100,
        },
        "events_default": 0,
        "state_default": 50,
        "invite": 50 if wishes.chosen_preset == "public_chat" else 0,
        "kick": 50,
        "ban": 50,
        "redact": 50,
        "notifications": {"room": 50},
    }
    content |= wishes.power_level_content_override or {}
    require_sound_power_levels(content)
    return content


def further_state(wishes: NewRoom, alias: RoomAlias | None) -> list[InitialState]:
    """The state events after the power levels, in the specification's order.

    An event that a later one would overwrite at once is left out.
    """
    if len(wishes.initial_state or []) > MAX_INITIAL_STATE:
        raise Refused(Errcode.INVALID_PARAM, f"initial_state has at most {MAX_INITIAL_STATE} events.")
    public = wishes.chosen_preset == "public_chat"
    wanted = [
        InitialState("m.room.join_rules", {"join_rule": "public" if public else "invite"}),
        InitialState("m.room.history_visibility", {"history_visibility": "shared"}),
        InitialState("m.room.guest_access", {"guest_access": "forbidden" if public else "can_join"}),
        *(wishes.initial_state or []),
    ]
    if alias is not None:
        wanted.insert(0, InitialState("m.room.canonical_alias", {"alias": alias}))
    if wishes.name is not None:
        wanted.append(InitialState("m.room.name", {"name": wishes.name}))
    if wishes.topic is not None:
        plain = {"m.text": [{"mimetype": "text/plain", "body": wishes.topic}]}
        wanted.append(InitialState("m.room.topic", {"topic": wishes.topic, "m.topic": plain}))
    last = {(one.type, one.state_key): one for one in wanted}
    return [one for one in wanted if last[one.type, one.state_key] is one]
