"""All the SQL of push."""

import msgspec

from chappe.errors import Errcode, Refused
from chappe.ids import RoomID, UserID
from chappe.push.pushers import Pusher
from chappe.push.ruleset import JSON, UNCHANGED, Changes, unpacked
from chappe.rooms import StoredEvent
from chappe.rooms.reading import Reads
from chappe.rooms.stored import COLUMNS, from_row
from chappe.storage import Database, Row
from chappe.stream import Place, Transaction

PusherKey = tuple[UserID, str, str]
"""Person, app id, pushkey."""


class Waiting(msgspec.Struct, frozen=True):
    """An event of which somebody is to be told. `place` is in their shard."""

    place: Place
    event_place: Place
    room_id: RoomID
    tweaks: JSON
    queued_at: int


def stream_of(user_id: str) -> str:
    """What the log calls a person's notifications: not by their id, which would wake their /sync."""
    return f"push {user_id}"


# Rules

_RULES = "SELECT place, changes FROM push_rules WHERE user_id = $1"
_PUT_RULES = """
INSERT INTO push_rules (user_id, place, changes, looks) VALUES ($1, $2, $3, $4)
ON CONFLICT (user_id) DO UPDATE SET place = excluded.place, changes = excluded.changes, looks = excluded.looks
"""
_WATCHERS = "SELECT user_id FROM push_rules WHERE looks = 1"
_IS_WATCHER = "SELECT 1 FROM push_rules WHERE user_id = $1 AND looks = 1"
_WATCHERS_IN = """
SELECT m.user_id FROM member_change m
WHERE m.room_id = $1 AND m.membership = 'join' AND NOT EXISTS (
    SELECT 1 FROM member_change n WHERE n.room_id = m.room_id AND n.user_id = m.user_id AND n.place > m.place
) AND EXISTS (SELECT 1 FROM push_rules p WHERE p.user_id = m.user_id AND p.looks = 1)
"""
_ERASE_RULES = "DELETE FROM push_rules WHERE user_id = $1"


async def rules(reads: Reads, user_id: UserID) -> tuple[Place, Changes]:
    """What a person changed of the default rules, and where the last change is; nothing at 0 for most."""
    row = await reads.fetch_one(_RULES, user_id)
    return (Place(row[0]), unpacked(row[1])) if row is not None else (Place(0), UNCHANGED)


def put_rules(tx: Transaction, user_id: UserID, stored: bytes, *, looks: bool) -> None:
    """Queue what a person changed; their devices hear of it by /sync. `looks`: whether it is about single events."""
    tx.execute(_PUT_RULES, user_id, tx.place(user_id), stored, int(looks))


async def watchers(database: Database) -> list[UserID]:
    """Everybody who has rules about single events."""
    return [row[0] for row in await database.scan(_WATCHERS)]


async def is_watcher(reads: Reads, user_id: UserID) -> bool:
    """Whether somebody has rules about single events."""
    return await reads.fetch_one(_IS_WATCHER, user_id) is not None


async def watchers_in(database: Database, room_id: RoomID) -> list[UserID]:
    """The members of a room who have such rules. Proportional to members."""
    return [row[0] for row in await database.scan(_WATCHERS_IN, room_id)]


def erase_rules(tx: Transaction, user_id: UserID) -> None:
    """Queue that a person's rules are the default ones again."""
    tx.execute(_ERASE_RULES, user_id)


# Pushers

_PUSHER = "user_id, app_id, pushkey, app_display_name, device_display_name, profile_tag, lang, data, changed_at, sent"
_PUSHERS = f"SELECT {_PUSHER} FROM pusher WHERE user_id = $1 ORDER BY app_id, pushkey"
_ONE_PUSHER = f"SELECT {_PUSHER} FROM pusher WHERE user_id = $1 AND app_id = $2 AND pushkey = $3"
_LANGUAGE = "SELECT lang FROM pusher WHERE user_id = $1 ORDER BY changed_at DESC, pushkey LIMIT 1"
_PUT_PUSHER = """
INSERT INTO pusher (user_id, app_id, pushkey, device_id, app_display_name, device_display_name, profile_tag, lang,
    data, changed_at, sent)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM (
    SELECT COUNT(*) AS pushers FROM pusher WHERE user_id = $1 AND NOT (app_id = $2 AND pushkey = $3)
) AS others WHERE pushers < $12
ON CONFLICT (user_id, app_id, pushkey) DO UPDATE SET
    device_id = excluded.device_id,
    app_display_name = excluded.app_display_name,
    device_display_name = excluded.device_display_name,
    profile_tag = excluded.profile_tag,
    lang = excluded.lang,
    data = excluded.data,
    changed_at = excluded.changed_at
RETURNING user_id
"""
_OTHERS = "SELECT user_id FROM pusher WHERE app_id = $1 AND pushkey = $2 AND user_id <> $3"
_DATA_OF = "SELECT data FROM pusher WHERE app_id = $1 AND pushkey = $2 ORDER BY user_id LIMIT 50"
_SHARED = (
    "SELECT 1 FROM pusher a JOIN pusher b ON a.app_id = b.app_id AND a.pushkey = b.pushkey "
    "WHERE a.user_id = $1 AND b.user_id = $2 AND a.app_id <> 'm.email' LIMIT 1"
)
_REMOVE = "DELETE FROM pusher WHERE user_id = $1 AND app_id = $2 AND pushkey = $3"
_REMOVE_GONE = """
DELETE FROM pusher WHERE user_id = $1 AND device_id NOT IN (SELECT device_id FROM device WHERE user_id = $1)
"""
SENT = "UPDATE pusher SET sent = $4 WHERE user_id = $1 AND app_id = $2 AND pushkey = $3 AND sent < $4"
"""Person, app id, pushkey, and the place of the person's shard up to which the gateway was told."""
_TOLD = """
UPDATE pusher SET told_at = $2, sent = $3 WHERE user_id = $1 AND app_id = 'm.email' AND NOT EXISTS (
    SELECT 1 FROM pusher p WHERE p.user_id = $1 AND p.app_id = 'm.email' AND p.told_at > $4
) RETURNING user_id
"""
_DUE = """
SELECT DISTINCT p.user_id FROM pusher p JOIN notification n ON n.user_id = p.user_id AND n.place > p.sent
WHERE p.app_id = 'm.email' AND n.queued_at <= $1 AND NOT EXISTS (
    SELECT 1 FROM pusher q WHERE q.user_id = p.user_id AND q.app_id = 'm.email' AND q.told_at > $2
) LIMIT $3
"""
_HOLDERS = "SELECT DISTINCT user_id FROM pusher"
_IS_HOLDER = "SELECT 1 FROM pusher WHERE user_id = $1 LIMIT 1"
_HOLDERS_IN = """
SELECT m.user_id FROM member_change m
WHERE m.room_id = $1 AND m.membership = 'join' AND NOT EXISTS (
    SELECT 1 FROM member_change n WHERE n.room_id = m.room_id AND n.user_id = m.user_id AND n.place > m.place
) AND EXISTS (SELECT 1 FROM pusher p WHERE p.user_id = m.user_id)
"""


async def pushers(reads: Reads, user_id: UserID) -> list[Pusher]:
    """A person's pushers."""
    return [_pusher(row) for row in await reads.fetch(_PUSHERS, user_id)]


async def language_of(reads: Reads, user_id: UserID) -> str | None:
    """A language that a client of somebody's speaks, by the pusher that was set last; None without any."""
    row = await reads.fetch_one(_LANGUAGE, user_id)
    return row[0] if row is not None else None


async def pusher(reads: Reads, key: PusherKey) -> Pusher | None:
    """One pusher, if it is still there."""
    row = await reads.fetch_one(_ONE_PUSHER, *key)
    return _pusher(row) if row is not None else None


def _pusher(row: Row) -> Pusher:
    return Pusher(*(msgspec.json.decode(value) if isinstance(value, bytes) else value for value in row))


def put_pusher(
    tx: Transaction, key: PusherKey, device_id: str, texts: tuple[str, str, str | None, str], data: bytes, most: int
) -> None:
    """Queue a pusher, new or changed; refused if the person has too many others. A new one begins with what comes."""
    too_many = Refused(Errcode.RESOURCE_LIMIT_EXCEEDED, f"An account has at most {most} pushers.")
    at = tx.place(stream_of(key[0]))
    tx.conditional(_PUT_PUSHER, *key, device_id, *texts, data, tx.now, at, most, otherwise=too_many)


async def share_a_phone(reads: Reads, one: UserID, other: UserID) -> bool:
    """Whether two accounts are woken on one phone, or in one browser: by the same app under the same push key."""
    return await reads.fetch_one(_SHARED, one, other) is not None


async def others_with(reads: Reads, app_id: str, pushkey: str, user_id: UserID) -> list[UserID]:
    """Who else has a pusher with the same keys."""
    return [row[0] for row in await reads.fetch(_OTHERS, app_id, pushkey, user_id)]


async def data_of(reads: Reads, app_id: str, pushkey: str) -> list[JSON]:
    """The data of the pushers with these keys."""
    return [msgspec.json.decode(row[0]) for row in await reads.fetch(_DATA_OF, app_id, pushkey)]


def remove_pusher(tx: Transaction, key: PusherKey) -> None:
    """Queue that a pusher is no more, and what waited for the person's last one."""
    tx.execute(_REMOVE, *key)
    tx.execute(_ERASE_UNHELD, key[0])


def remove_pushers_of_gone(tx: Transaction, user_id: UserID) -> None:
    """Queue the same for the pushers of devices that are no more, once these are removed."""
    tx.execute(_REMOVE_GONE, user_id)
    tx.execute(_ERASE_UNHELD, user_id)


def mark_sent(tx: Transaction, key: PusherKey, upto: int) -> None:
    """Queue that a pusher's gateway was told up to a place of the person's shard."""
    tx.execute(SENT, *key, upto)


def mark_told(tx: Transaction, user_id: UserID, upto: int, before: int, otherwise: Refused) -> None:
    """Queue that a person is written to about all up to a place, by all their pushers that are mail addresses; refused
    if they were since `before`."""
    tx.conditional(_TOLD, user_id, tx.now, upto, before, otherwise=otherwise)


async def due_for_digest(database: Database, unread_since: int, told_before: int, limit: int) -> list[UserID]:
    """People with a mail address for whom something waits since then, and who were not written to since then."""
    return [row[0] for row in await database.scan(_DUE, unread_since, told_before, limit)]


async def holders(database: Database) -> list[UserID]:
    """Everybody who has a pusher."""
    return [row[0] for row in await database.scan(_HOLDERS)]


async def is_holder(reads: Reads, user_id: UserID) -> bool:
    """Whether somebody has a pusher."""
    return await reads.fetch_one(_IS_HOLDER, user_id) is not None


async def holders_in(database: Database, room_id: RoomID) -> list[UserID]:
    """The members of a room who have a pusher. Proportional to members."""
    return [row[0] for row in await database.scan(_HOLDERS_IN, room_id)]


# Notifications

_EVENTS = f"SELECT {COLUMNS} FROM event e WHERE e.place > $1 AND e.place <= $2 ORDER BY e.place LIMIT $3"
_ADD = """
INSERT INTO notification (user_id, event_place, place, room_id, tweaks, queued_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (user_id, event_place) DO NOTHING
"""
_WAITING = """
SELECT place, event_place, room_id, tweaks, queued_at FROM notification
WHERE user_id = $1 AND place > $2 ORDER BY place DESC LIMIT $3
"""
_WAITING_BEFORE = """
SELECT place, event_place, room_id, tweaks, queued_at FROM notification
WHERE user_id = $1 AND place < $2 ORDER BY place DESC LIMIT $3
"""
_COUNT = "SELECT COUNT(*) FROM notification WHERE user_id = $1"
_UNTOLD = "SELECT room_id, tweaks FROM notification WHERE user_id = $1 ORDER BY event_place DESC LIMIT $2"
_IS_TOLD = "SELECT 1 FROM notification WHERE user_id = $1 AND event_place <= $3 AND room_id = $2 LIMIT 1"
_ERASE_READ = "DELETE FROM notification WHERE user_id = $1 AND event_place <= $3 AND room_id = $2"
_ERASE_UNHELD = """
DELETE FROM notification WHERE user_id = $1 AND NOT EXISTS (SELECT 1 FROM pusher WHERE user_id = $1)
"""
ERASE_OLDEST = """
DELETE FROM notification WHERE user_id = $1 AND place < (
    SELECT place FROM notification WHERE user_id = $1 ORDER BY place DESC LIMIT 1 OFFSET $2
)
"""
"""For `Writer.lazily`: person, and how many of their notifications stay, less one."""
_WAITED_FOR = """
SELECT DISTINCT p.user_id FROM pusher p JOIN notification n ON n.user_id = p.user_id AND n.place > p.sent
"""


async def events_of_shard(reads: Reads, after: Place, upto: Place, limit: int) -> list[StoredEvent]:
    """The first events of all rooms of a shard in (after, upto], in order."""
    return [from_row(row) for row in await reads.fetch(_EVENTS, after, upto, limit)]


def add_notification(tx: Transaction, user_id: UserID, event_place: int, room_id: str, tweaks: bytes) -> None:
    """Queue that somebody is to be told of an event, once."""
    tx.append(_ADD, user_id, event_place, tx.place(stream_of(user_id)), room_id, tweaks, tx.now)


async def waiting(reads: Reads, user_id: UserID, after: int, limit: int) -> list[Waiting]:
    """The newest of what a person is to be told behind a place, oldest first."""
    rows = await reads.fetch(_WAITING, user_id, after, limit)
    return [_waiting(row) for row in reversed(rows)]


async def waiting_before(reads: Reads, user_id: UserID, before: int, limit: int) -> list[Waiting]:
    """The last of what a person is to be told and has not read, before a place, newest first."""
    return [_waiting(row) for row in await reads.fetch(_WAITING_BEFORE, user_id, before, limit)]


def _waiting(row: Row) -> Waiting:
    return Waiting(row[0], row[1], row[2], msgspec.json.decode(row[3]), row[4])


async def untold(reads: Reads, user_id: UserID) -> int:
    """How many events a person was notified of and has not read."""
    row = await reads.fetch_one(_COUNT, user_id)
    return int(row[0]) if row is not None else 0


async def untold_in_rooms(reads: Reads, user_id: UserID, limit: int) -> dict[RoomID, tuple[int, int]]:
    """The same room by room, and how many of them highlight."""
    found: dict[RoomID, tuple[int, int]] = {}
    for room_id, tweaks in await reads.fetch(_UNTOLD, user_id, limit):
        events, highlights = found.get(room_id, (0, 0))
        found[room_id] = events + 1, highlights + bool(msgspec.json.decode(tweaks).get("highlight"))
    return found


async def is_told_of(reads: Reads, user_id: UserID, room_id: RoomID, upto: Place) -> bool:
    """Whether anything in the room up to a place waits to be read by a person who was notified of it."""
    return await reads.fetch_one(_IS_TOLD, user_id, room_id, upto) is not None


def erase_read(tx: Transaction, user_id: UserID, room_id: RoomID, upto: int) -> None:
    """Queue that a person has read a room up to a place."""
    tx.execute(_ERASE_READ, user_id, room_id, upto)


def erase_oldest(tx: Transaction, user_id: UserID, most: int) -> None:
    """Queue that of a person's notifications only so many of the newest stay."""
    tx.execute(ERASE_OLDEST, user_id, most - 1)


async def waited_for(database: Database) -> list[UserID]:
    """Everybody of whose notifications some were not sent to some pusher."""
    return [row[0] for row in await database.scan(_WAITED_FOR)]
