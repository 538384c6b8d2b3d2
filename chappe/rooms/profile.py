"""The name and picture of a person, as they go into membership events."""

import msgspec

from chappe.accounts import profile_of
from chappe.ids import UserID
from chappe.rooms.store import Reads

SHOWN_KEYS = ("displayname", "avatar_url")
"""What of a profile stands in membership events (Client-Server API v1.19, m.room.member)."""


async def shown_profile(reads: Reads, user_id: UserID) -> dict[str, object]:
    """Display name and avatar of a person, as far as they are set."""
    profile = await profile_of(reads, user_id)
    return {key: msgspec.json.decode(profile[key]) for key in SHOWN_KEYS if key in profile}
