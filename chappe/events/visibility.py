"""History visibility: which events of a room a person may see.

Matrix: client-server API, "Room History Visibility", "Server behaviour". The rules look at the room as it
was *at the event*, plus one thing that came later: whether the person joined after it.

| visibility at the event | joined then | invited then | joined at some time after it | anybody else |
|-------------------------|-------------|--------------|------------------------------|--------------|
| `world_readable`        | yes         | yes          | yes                          | yes          |
| `shared`, or not set    | yes         | no           | yes                          | no           |
| `invited`               | yes         | yes          | no                           | no           |
| `joined`                | yes         | no           | no                           | no           |

Someone who left sees what was sent while they were in the room, and nothing sent since, by the same table.
"""

from collections.abc import Iterable

DEFAULT_VISIBILITY = "shared"
VISIBILITIES = frozenset({"world_readable", "shared", "invited", "joined"})


def visibility_in(content: dict[str, object] | None) -> str:
    """The visibility that an m.room.history_visibility event sets; `shared` if there is none, or none we know."""
    value = content.get("history_visibility") if content is not None else None
    return value if isinstance(value, str) and value in VISIBILITIES else DEFAULT_VISIBILITY


def visible(visibility: str, membership_at: str, *, joined_later: bool) -> bool:
    """Whether a person may see an event.

    `visibility` and `membership_at` are the room's visibility and the person's membership at the event.
    `joined_later` says that the person joined the room at any point after it, whatever came then.
    """
    if visibility == "world_readable":
        return True  # rule 1
    if membership_at == "join":
        return True  # rule 2
    if visibility == "invited":
        return membership_at == "invite"  # rule 4
    return visibility != "joined" and joined_later  # rule 3; what is not understood counts as shared


def visible_across(visibilities: Iterable[str], memberships: Iterable[str], *, joined_later: bool) -> bool:
    """Whether a person may see an event that itself changes what this is decided by.

    For m.room.history_visibility give the visibility before and after it; for the person's own m.room.member
    the membership before and after it: the more permissive of the two counts.
    """
    memberships = tuple(memberships)
    return any(
        visible(visibility, membership, joined_later=joined_later)
        for visibility in visibilities
        for membership in memberships
    )


def world_readable(visibility: str) -> bool:
    """Whether people outside the room, guests included, may see events sent under this visibility."""
    return visibility == "world_readable"
