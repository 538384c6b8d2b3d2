"""In which language somebody is told something: the one they chose, else one that a client of theirs speaks."""

from collections.abc import Awaitable, Callable

import msgspec

from chappe.accounts import account_data_of
from chappe.ids import UserID
from chappe.rooms.reading import Reads
from chappe.server_notices.words import language_among

CHOSEN = "org.chappe.language"
"""The account data with which a client says what its person chose: `{"language": "fr"}`."""


class Languages(list[Callable[[Reads, UserID], Awaitable[str | None]]]):
    """Who else may know, in the person's shard: `await knows(reads, user_id)`. Filled by `app.py`."""


class _Chosen(msgspec.Struct):
    language: str | None = None


async def language_of(reads: Reads, languages: Languages, user_id: UserID) -> str:
    """One of the languages of this server."""
    chosen = await account_data_of(reads, user_id, None, CHOSEN)
    if chosen is not None:
        try:
            if wanted := msgspec.json.decode(chosen, type=_Chosen).language:
                return language_among(wanted)
        except msgspec.ValidationError:
            pass  # a client stored something else under that name
    for knows in languages:
        if wanted := await knows(reads, user_id):
            return language_among(wanted)
    return language_among(None)
