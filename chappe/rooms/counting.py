"""Which events count as unread for the members of a room, and for whom one is a highlight.

Client-Server API v1.19: "Receiving notifications" (the default rules) and "User and room mentions".
A person's own push rules refine this; what is counted here is the same for everyone, so that sending
does no work for each member.
"""

from chappe.events.auth import power_of
from chappe.events.state import AuthState
from chappe.ids import UserID, is_user_id

MAX_MENTIONS = 100
"""People that one message may highlight; further ones are shown, and not notified."""

_POLLS = ("m.poll.start", "org.matrix.msc3381.poll.start")
"""A question that people are asked. Clients use the second name as long as polls are not in the specification."""
_COUNTED_TYPES = frozenset({"m.room.message", "m.room.encrypted", "m.sticker", "m.call.invite", *_POLLS})


def is_counted(type: str, content: dict[str, object]) -> bool:
    """Whether a message event adds to the unread count of those who have not read it."""
    if type not in _COUNTED_TYPES or content.get("msgtype") == "m.notice":
        return False
    relation = content.get("m.relates_to")
    return not (isinstance(relation, dict) and relation.get("rel_type") == "m.replace")


def mentioned(content: dict[str, object]) -> list[UserID]:
    """The people a message mentions by name."""
    mentions = content.get("m.mentions")
    named = mentions.get("user_ids") if isinstance(mentions, dict) else None
    if not isinstance(named, list):
        return []
    return list(dict.fromkeys(UserID(str(one)) for one in named[:MAX_MENTIONS] if is_user_id(one)))


def mentions_room(state: AuthState, sender: UserID, content: dict[str, object]) -> bool:
    """Whether a message mentions everyone, by someone with the power to."""
    mentions = content.get("m.mentions")
    if not (isinstance(mentions, dict) and mentions.get("room") is True):
        return False
    levels = state.get("m.room.power_levels", "")
    notifications = levels.content.get("notifications") if levels is not None else None
    needed = notifications.get("room", 50) if isinstance(notifications, dict) else 50
    return power_of(state.version, state, sender) >= (needed if isinstance(needed, int) else 50)
