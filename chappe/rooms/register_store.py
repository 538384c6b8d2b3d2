"""All the SQL about what rooms have in the register: their aliases, the directory, whom one may find."""

import msgspec

from chappe.errors import Refused
from chappe.ids import RoomAlias, RoomID, UserID
from chappe.rooms.store import Reads
from chappe.storage import Database, Row
from chappe.stream import Place, Transaction

# Aliases

_ROOM_OF_ALIAS = "SELECT room_id, creator, reserved_until FROM room_alias WHERE alias = $1"
_ALIASES = "SELECT alias FROM room_alias WHERE room_id = $1 AND reserved_until IS NULL ORDER BY alias LIMIT $2"
_TAKE = """
INSERT INTO room_alias (alias, room_id, creator, created_at, reserved_until) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (alias) DO UPDATE SET room_id = excluded.room_id, creator = excluded.creator,
    created_at = excluded.created_at, reserved_until = excluded.reserved_until
WHERE room_alias.reserved_until < $4 AND NOT EXISTS (SELECT 1 FROM room WHERE room.room_id = room_alias.room_id)
RETURNING alias
"""
_CONFIRM = "UPDATE room_alias SET reserved_until = NULL WHERE alias = $1 AND room_id = $2"
_RELEASE = "DELETE FROM room_alias WHERE alias = $1 AND room_id = $2 AND reserved_until IS NOT NULL"
_ERASE_ALIAS = "DELETE FROM room_alias WHERE alias = $1 AND room_id = $2 RETURNING alias"


async def alias_row(reads: Reads, alias: RoomAlias) -> tuple[RoomID, UserID] | None:
    """The room that an alias points to, and who made the alias."""
    row = await reads.fetch_one(_ROOM_OF_ALIAS, alias)
    return (row[0], row[1]) if row is not None and row[2] is None else None


async def room_of_alias(reads: Reads, alias: RoomAlias, *, even_reserved: bool = False) -> RoomID | None:
    """The room that an alias points to; with `even_reserved` also one that is just being made."""
    row = await reads.fetch_one(_ROOM_OF_ALIAS, alias)
    return row[0] if row is not None and (even_reserved or row[2] is None) else None


async def aliases_of(reads: Reads, room_id: RoomID, limit: int) -> list[RoomAlias]:
    """The aliases of a room, in alphabetical order."""
    return [row[0] for row in await reads.fetch(_ALIASES, room_id, limit)]


def take_alias(
    tx: Transaction,
    alias: RoomAlias,
    room_id: RoomID,
    creator: UserID,
    reserved_until: int | None,
    *,
    otherwise: Refused,
) -> None:
    """Queue an alias; refused with `otherwise` if it is taken by then.

    With `reserved_until` it is for a room that does not exist yet, and points nowhere until it is confirmed.
    A reservation that has run out is taken over, unless its room does exist.
    """
    tx.conditional(_TAKE, alias, room_id, creator, tx.now, reserved_until, otherwise=otherwise)


def confirm_reserved(tx: Transaction, alias: RoomAlias, room_id: RoomID) -> None:
    """Queue that the room for which an alias was reserved exists."""
    tx.execute(_CONFIRM, alias, room_id)


def release_reserved(tx: Transaction, alias: RoomAlias, room_id: RoomID) -> None:
    """Queue that the room for which an alias was reserved was not made."""
    tx.execute(_RELEASE, alias, room_id)


def erase_alias(tx: Transaction, alias: RoomAlias, room_id: RoomID, *, otherwise: Refused) -> None:
    """Queue the end of an alias."""
    tx.conditional(_ERASE_ALIAS, alias, room_id, otherwise=otherwise)


# The room directory

_LIST = """
INSERT INTO public_room (room_id, listed_by, listed_at, place, joined, room_type, search, summary)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (room_id) DO NOTHING
"""
_REFRESH = """
UPDATE public_room SET place = $2, joined = $3, room_type = $4, search = $5, summary = $6
WHERE room_id = $1 AND place <= $2
"""
_ERASE_LISTING = "DELETE FROM public_room WHERE room_id = $1"
_IS_LISTED = "SELECT 1 FROM public_room WHERE room_id = $1"
_LISTED = "SELECT room_id FROM public_room WHERE room_id IN (SELECT * FROM each_text($1))"
_COUNT_LISTED = "SELECT COUNT(*) FROM public_room"
_AFTER = """
SELECT joined, room_id, room_type, search, summary FROM public_room
WHERE joined < $1 OR (joined = $1 AND room_id > $2) ORDER BY joined DESC, room_id LIMIT $3
"""
_BEFORE = """
SELECT joined, room_id, room_type, search, summary FROM public_room
WHERE joined > $1 OR (joined = $1 AND room_id < $2) ORDER BY joined, room_id DESC LIMIT $3
"""


class Listing(msgspec.Struct, frozen=True):
    """A room's entry in the directory, as of a place in the room's shard."""

    place: Place
    joined: int
    room_type: str | None
    search: str
    summary: bytes


def list_room(tx: Transaction, room_id: RoomID, by: UserID, listing: Listing) -> None:
    """Queue a room's entry; one that is there already stays."""
    one = listing
    tx.execute(_LIST, room_id, by, tx.now, one.place, one.joined, one.room_type, one.search, one.summary)


def refresh_listing(tx: Transaction, room_id: RoomID, listing: Listing) -> None:
    """Queue the present look of a room's entry, if it has one."""
    one = listing
    tx.execute(_REFRESH, room_id, one.place, one.joined, one.room_type, one.search, one.summary)


def erase_listing(tx: Transaction, room_id: RoomID) -> None:
    """Queue the end of a room's entry."""
    tx.execute(_ERASE_LISTING, room_id)


async def is_listed(reads: Reads, room_id: RoomID) -> bool:
    """Whether the room is in the directory."""
    return await reads.fetch_one(_IS_LISTED, room_id) is not None


async def listed_among(reads: Reads, room_ids: list[RoomID]) -> list[RoomID]:
    """Those of the rooms that are in the directory."""
    return [row[0] for row in await reads.fetch(_LISTED, room_ids)]


async def count_listed(reads: Reads) -> int:
    """How many rooms the directory has."""
    row = await reads.fetch_one(_COUNT_LISTED)
    return int(row[0]) if row else 0


async def listings(reads: Reads, joined: int, room_id: str, limit: int, *, backwards: bool) -> list[Row]:
    """Entries (members, room id, type, search text, summary) behind a place in the list, or before it."""
    return await reads.fetch(_BEFORE if backwards else _AFTER, joined, room_id, limit)


# Finding people

_WORDS = "SELECT word FROM person_word WHERE user_id = $1"
_ADD_WORD = "INSERT INTO person_word (word, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING"
_ERASE_WORDS_OF_THE_GONE = """
DELETE FROM person_word WHERE user_id = $1
AND EXISTS (SELECT 1 FROM account WHERE user_id = $1 AND deactivated_at IS NOT NULL)
"""
_ERASE_WORDS = "DELETE FROM person_word WHERE user_id = $1"
_OPEN = "INSERT INTO open_room (room_id) VALUES ($1) ON CONFLICT DO NOTHING"
_ERASE_OPEN = "DELETE FROM open_room WHERE room_id = $1"
_IS_OPEN = "SELECT 1 FROM open_room WHERE room_id = $1"
_LAST_CANDIDATE = """
SELECT word, user_id FROM person_word WHERE word >= $1 AND word < $2 ORDER BY word, user_id LIMIT 1 OFFSET $3
"""
# In the order of the key, so that it ends with the last person who is shown: whether somebody may be found takes
# longest. Who is there with several words is found by the first.
_FIND = """
SELECT c.user_id,
    (SELECT value FROM profile p WHERE p.user_id = c.user_id AND p.key = 'displayname'),
    (SELECT value FROM profile p WHERE p.user_id = c.user_id AND p.key = 'avatar_url')
FROM person_word c
WHERE c.word >= $1 AND (c.word, c.user_id) < ($2, $3) AND c.user_id <> $4 AND NOT EXISTS (
    SELECT 1 FROM person_word b WHERE b.user_id = c.user_id AND b.word >= $1 AND b.word < c.word
) AND (EXISTS (
    SELECT 1 FROM user_room theirs JOIN user_room mine ON mine.room_id = theirs.room_id
    WHERE theirs.user_id = c.user_id AND theirs.membership = 'join'
    AND mine.user_id = $4 AND mine.membership = 'join'
) OR EXISTS (
    SELECT 1 FROM user_room theirs JOIN open_room o ON o.room_id = theirs.room_id
    WHERE theirs.user_id = c.user_id AND theirs.membership = 'join'
)) ORDER BY c.word, c.user_id LIMIT $5
"""


async def words_of(reads: Reads, user_id: UserID) -> set[bytes]:
    """The words under which a person is found."""
    return {bytes(row[0]) for row in await reads.fetch(_WORDS, user_id)}


def put_words(tx: Transaction, user_id: UserID, words: set[bytes]) -> None:
    """Queue the words under which a person is found from now on."""
    tx.execute(_ERASE_WORDS, user_id)
    for word in sorted(words):
        tx.execute(_ADD_WORD, word, user_id)
    # The account may have ended since its words were read.
    tx.execute(_ERASE_WORDS_OF_THE_GONE, user_id)


async def find_people(
    database: Database, searcher: UserID, first: bytes, behind: bytes, candidates: int, limit: int
) -> list[Row]:
    """People with a word from `first` up to before `behind` whom the searcher may find, at most `limit`: who,
    and their display name and avatar as JSON, or None.

    Looks at the first `candidates` words only.
    """
    last = await database.fetch_one(_LAST_CANDIDATE, first, behind, candidates)
    end = (behind, "") if last is None else last
    return await database.scan(_FIND, first, *end, searcher, limit)


async def is_open(reads: Reads, room_id: RoomID) -> bool:
    """Whether the room is noted as open to everybody."""
    return await reads.fetch_one(_IS_OPEN, room_id) is not None


def set_open(tx: Transaction, room_id: RoomID, is_open: bool) -> None:
    """Queue whether the room is open to everybody."""
    tx.execute(_OPEN if is_open else _ERASE_OPEN, room_id)
