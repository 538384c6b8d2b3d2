"""Finding people by name (Client-Server API v1.19, "User directory")."""

import msgspec

from chappe.ids import UserID, localpart_of
from chappe.rooms import register_store
from chappe.rooms.listing import fold
from chappe.rooms.profile import shown_profile
from chappe.storage import Database
from chappe.stream import Device, Transaction

DEFAULT_PEOPLE = 10
MAX_PEOPLE = 50
"""People in one answer."""
MAX_CANDIDATES = 1_000
"""Words that begin like the search term and are looked at."""
MAX_TERM_CHARS = 100
MAX_WORDS = 12
MAX_WORD_CHARS = 64


class Found(msgspec.Struct, omit_defaults=True):
    """A person who was found."""

    user_id: UserID
    display_name: object = None
    avatar_url: object = None


class People(msgspec.Struct):
    """The answer to a search; `limited` says that there were more."""

    results: list[Found]
    limited: bool


def words_of(user_id: UserID, displayname: object) -> set[bytes]:
    """The words under which a person is found: the name, the display name, and each word in that."""
    words = [localpart_of(user_id)]
    if isinstance(displayname, str):
        words += [displayname, *displayname.split()]
    return {fold(word).strip()[:MAX_WORD_CHARS].encode() for word in words[:MAX_WORDS]} - {b""}


async def search(database: Database, searcher: UserID, term: str, limit: int) -> People:
    """People whose name begins like the term: those who share a room with the searcher or are in an open one."""
    limit = max(1, min(limit, MAX_PEOPLE))
    folded = fold(term.strip()[:MAX_TERM_CHARS]).lstrip("@").partition(":")[0][:MAX_WORD_CHARS].encode()
    if not folded:
        return People([], limited=False)
    # No UTF-8 text has the byte 0xff: this is behind every word that begins with the term.
    behind = folded + b"\xff"
    found = await register_store.find_people(database, searcher, folded, behind, MAX_CANDIDATES, limit + 1)
    results = [Found(user_id, _read(name), _read(avatar)) for user_id, name, avatar in found[:limit]]
    return People(results, limited=len(found) > limit)


def _read(value: bytes | None) -> object:
    return None if value is None else msgspec.Raw(value)


async def refresh_people(tx: Transaction, device: Device | None, user_ids: list[UserID]) -> None:
    """Bring the words of some people up to date, in the register."""
    for user_id in user_ids:
        profile = await shown_profile(tx, user_id)
        words = words_of(user_id, profile.get("displayname"))
        if words != await register_store.words_of(tx, user_id):
            register_store.put_words(tx, user_id, words)


async def forget_person(tx: Transaction, device: Device | None, user_id: str) -> None:
    """The effect of an account's end, in the register: nobody finds it any more."""
    register_store.put_words(tx, UserID(user_id), set())
