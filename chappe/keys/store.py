"""The SQL of device keys, one-time and fallback keys, cross-signing keys and signatures, and who must look at them.

All lies in the shard of its user, but for `device_list_change`, which lies in the room's.
"""

from collections.abc import Iterable

from chappe.errors import Refused
from chappe.ids import RoomID, UserID
from chappe.keys.rules import CrossSigningKey, DeviceKeys, Key
from chappe.rooms.reading import Reads
from chappe.storage import Database, FuturePlace, Outcome, Row
from chappe.stream import Place, Transaction

# Devices

_REQUIRE_DEVICE = "SELECT 1 FROM device WHERE user_id = $1 AND device_id = $2"
_DEVICE_KEYS = "SELECT keys, signature FROM device_keys WHERE user_id = $1 AND device_id = $2"
_PUT_DEVICE_KEYS = """
INSERT INTO device_keys (user_id, device_id, keys, signature) VALUES ($1, $2, $3, $4)
ON CONFLICT (user_id, device_id) DO UPDATE SET keys = excluded.keys, signature = excluded.signature
"""
_DEVICES_WITH_KEYS = """
SELECT device_id FROM device_keys WHERE user_id = $1 AND device_id IN (SELECT * FROM each_text($2))
"""
_OF_GONE_DEVICES = "WHERE user_id = $1 AND device_id NOT IN (SELECT device_id FROM device WHERE user_id = $1)"
_ERASE_ALL_SIGNATURES_OF_DEVICE = """
DELETE FROM key_signature WHERE user_id = $1 AND ((target_user_id = $1 AND target = $2) OR key_id = $3)
"""


def require_device(tx: Transaction, user_id: UserID, device_id: str, otherwise: Refused) -> None:
    """Hold only if the device is still there at the flush: keys of one that is gone would stay for ever."""
    tx.conditional(_REQUIRE_DEVICE, user_id, device_id, otherwise=otherwise)


async def device_keys(reads: Reads, user_id: UserID, device_id: str) -> Row | None:
    """What a device signed, and its signature."""
    return await reads.fetch_one(_DEVICE_KEYS, user_id, device_id)


def put_device_keys(tx: Transaction, user_id: UserID, device_id: str, keys: DeviceKeys) -> None:
    """Queue the keys of a device."""
    tx.execute(_PUT_DEVICE_KEYS, user_id, device_id, keys.keys, keys.signature)


async def devices_with_keys(reads: Reads, user_id: UserID, device_ids: list[str]) -> list[str]:
    """Which of these devices, or device ids that might be, have keys."""
    return [row[0] for row in await reads.fetch(_DEVICES_WITH_KEYS, user_id, device_ids)]


def erase_keys_of_gone_devices(tx: Transaction, user_id: UserID, device_ids: Iterable[str]) -> None:
    """Queue the removal of all keys of devices that are not there any more, and of signatures about `device_ids`."""
    for table in ("device_keys", "one_time_key", "fallback_key"):
        tx.execute(f"DELETE FROM {table} {_OF_GONE_DEVICES}", user_id)
    for device_id in device_ids:
        erase_signatures_of_device(tx, user_id, device_id)


def erase_signatures_of_device(tx: Transaction, user_id: UserID, device_id: str) -> None:
    """Queue the removal of the signatures that a device made, and of its user's signatures on it."""
    tx.execute(_ERASE_ALL_SIGNATURES_OF_DEVICE, user_id, device_id, f"ed25519:{device_id}")


def erase_claimable(tx: Transaction, user_id: UserID, device_id: str) -> None:
    """Queue the removal of a device's one-time and fallback keys: it begins anew with others."""
    for table in ("one_time_key", "fallback_key"):
        tx.execute(f"DELETE FROM {table} WHERE user_id = $1 AND device_id = $2", user_id, device_id)


# One-time and fallback keys

_ONE_TIME_KEYS = """
SELECT algorithm, key_id, key FROM one_time_key
WHERE user_id = $1 AND device_id = $2 AND key_id IN (SELECT * FROM each_text($3))
"""
_ADD_ONE_TIME_KEY = """
INSERT INTO one_time_key (user_id, device_id, algorithm, key_id, place, key) VALUES ($1, $2, $3, $4, $5, $6)
"""
_FEW_ONE_TIME_KEYS = """
SELECT 1 FROM (
    SELECT COUNT(*) AS left_over FROM one_time_key WHERE user_id = $1 AND device_id = $2 AND claimed_at IS NULL
) AS counted WHERE left_over <= $3
"""
_FORGET_CLAIMED = "DELETE FROM one_time_key WHERE user_id = $1 AND device_id = $2 AND claimed_at < $3"
_COUNTS = """
SELECT algorithm, COUNT(*) FROM one_time_key
WHERE user_id = $1 AND device_id = $2 AND claimed_at IS NULL GROUP BY algorithm
"""
_PUT_FALLBACK_KEY = """
INSERT INTO fallback_key (user_id, device_id, algorithm, key_id, key, used) VALUES ($1, $2, $3, $4, $5, 0)
ON CONFLICT (user_id, device_id, algorithm) DO UPDATE SET
    key_id = excluded.key_id, key = excluded.key, used = 0
WHERE fallback_key.key_id <> excluded.key_id OR fallback_key.key <> excluded.key
"""
_FEW_FALLBACK_KEYS = """
SELECT 1 FROM (
    SELECT COUNT(*) AS kept FROM fallback_key WHERE user_id = $1 AND device_id = $2
) AS counted WHERE kept <= $3
"""
_FALLBACK_KEYS = "SELECT algorithm, key_id, key, used FROM fallback_key WHERE user_id = $1 AND device_id = $2"
_OLDEST = """
SELECT o.key_id FROM one_time_key o
WHERE o.user_id = $1 AND o.algorithm = $2 AND o.claimed_at IS NULL AND o.device_id = {device}
ORDER BY o.place, o.key_id LIMIT 1
"""
_USE_FALLBACKS = f"""
UPDATE fallback_key SET used = used + 1
WHERE user_id = $1 AND algorithm = $2 AND device_id IN (SELECT * FROM each_text($3))
AND ({_OLDEST.format(device="fallback_key.device_id")}) IS NULL
RETURNING device_id, key_id, key, used
"""
# The list is called `value`, which is what either engine calls its column.
_CLAIM = f"""
UPDATE one_time_key SET claimed_at = $4
WHERE user_id = $1 AND algorithm = $2 AND (device_id, key_id) IN (
    SELECT value, ({_OLDEST.format(device="value")}) FROM each_text($3) AS value
) RETURNING device_id, key_id, key, 1
"""


async def one_time_keys(
    reads: Reads, user_id: UserID, device_id: str, key_ids: list[str]
) -> dict[tuple[str, str], bytes]:
    """Those keys of a device that have one of these ids, claimed ones too, by algorithm and id."""
    rows = await reads.fetch(_ONE_TIME_KEYS, user_id, device_id, key_ids)
    return {(row[0], row[1]): bytes(row[2]) for row in rows}


def add_one_time_keys(tx: Transaction, user_id: UserID, device_id: str, keys: list[Key], at: FuturePlace) -> None:
    """Queue keys with new ids."""
    for key in keys:
        tx.execute(_ADD_ONE_TIME_KEY, user_id, device_id, key.algorithm, key.key_id, at, key.json)


def require_few_one_time_keys(tx: Transaction, user_id: UserID, device_id: str, most: int, otherwise: Refused) -> None:
    """Hold only if, with what is queued before this, a device has at most `most` unclaimed keys."""
    tx.conditional(_FEW_ONE_TIME_KEYS, user_id, device_id, most, otherwise=otherwise)


def forget_claimed(tx: Transaction, user_id: UserID, device_id: str, before_ms: int) -> None:
    """Queue the removal of keys that were claimed before a time."""
    tx.execute(_FORGET_CLAIMED, user_id, device_id, before_ms)


async def counts(reads: Reads, user_id: UserID, device_id: str) -> dict[str, int]:
    """How many one-time keys a device has left, by algorithm."""
    return {row[0]: row[1] for row in await reads.fetch(_COUNTS, user_id, device_id)}


def require_few_fallback_keys(tx: Transaction, user_id: UserID, device_id: str, most: int, otherwise: Refused) -> None:
    """Hold only if, with what is queued before this, a device has at most `most` fallback keys."""
    tx.conditional(_FEW_FALLBACK_KEYS, user_id, device_id, most, otherwise=otherwise)


def put_fallback_key(tx: Transaction, user_id: UserID, device_id: str, key: Key) -> None:
    """Queue a fallback key; the same one again stays as used as it is."""
    tx.execute(_PUT_FALLBACK_KEY, user_id, device_id, key.algorithm, key.key_id, key.json)


async def fallback_keys(reads: Reads, user_id: UserID, device_id: str) -> list[Row]:
    """Algorithm, id, JSON and whether it was given out, of each fallback key of a device."""
    return await reads.fetch(_FALLBACK_KEYS, user_id, device_id)


def claim(tx: Transaction, user_id: UserID, algorithm: str, device_ids: list[str]) -> tuple[Outcome, Outcome]:
    """Queue a claim of a key of each device: of its oldest one-time key, which nobody gets after this, or where none
    is left of its fallback key. Device, id and JSON of one-time keys, and of fallback keys, and how often each has
    been given out with this.

    Units of a shard are flushed one after another, so that no other one comes between these statements.
    """
    fallback_keys = tx.returning(_USE_FALLBACKS, user_id, algorithm, device_ids)
    return tx.returning(_CLAIM, user_id, algorithm, device_ids, tx.now), fallback_keys


# Cross-signing keys and signatures

_CROSS_SIGNING_KEYS = "SELECT usage, public_key, keys FROM cross_signing_key WHERE user_id = $1"
_ADD_CROSS_SIGNING_KEY = "INSERT INTO cross_signing_key (user_id, usage, public_key, keys) VALUES ($1, $2, $3, $4)"
_PUT_CROSS_SIGNING_KEY = f"""{_ADD_CROSS_SIGNING_KEY}
ON CONFLICT (user_id, usage) DO UPDATE SET public_key = excluded.public_key, keys = excluded.keys
"""
_MASTER = "SELECT 1 FROM cross_signing_key WHERE user_id = $1 AND usage = 'master' AND public_key = $2"
_ERASE_CROSS_SIGNING_KEY = "DELETE FROM cross_signing_key WHERE user_id = $1 AND usage = $2"
_PUT_SIGNATURE = """
INSERT INTO key_signature (user_id, target_user_id, target, key_id, signature) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (user_id, target_user_id, target, key_id) DO UPDATE SET signature = excluded.signature
"""


async def cross_signing_keys(reads: Reads, user_id: UserID) -> dict[str, CrossSigningKey]:
    """A person's cross-signing keys, by usage."""
    rows = await reads.fetch(_CROSS_SIGNING_KEYS, user_id)
    return {usage: CrossSigningKey(usage, public_key, bytes(keys)) for usage, public_key, keys in rows}


def put_cross_signing_key(tx: Transaction, user_id: UserID, key: CrossSigningKey, *, may_replace: bool) -> None:
    """Queue a key. Without `may_replace` the act runs again if there is one meanwhile."""
    sql = _PUT_CROSS_SIGNING_KEY if may_replace else _ADD_CROSS_SIGNING_KEY
    tx.execute(sql, user_id, key.usage, key.public_key, key.keys)


def require_master(tx: Transaction, user_id: UserID, master: CrossSigningKey) -> None:
    """Hold only if this still is the master key at the flush; else the act runs again."""
    tx.conditional(_MASTER, user_id, master.public_key, otherwise=None)


def erase_cross_signing_key(tx: Transaction, user_id: UserID, key: CrossSigningKey) -> None:
    """Queue the removal of a key, with the signatures that it made and its user's signatures on it."""
    tx.execute(_ERASE_CROSS_SIGNING_KEY, user_id, key.usage)
    tx.execute(_ERASE_ALL_SIGNATURES_OF_DEVICE, user_id, key.public_key, f"ed25519:{key.public_key}")


def erase_all_cross_signing(tx: Transaction, user_id: UserID) -> None:
    """Queue the removal of a person's cross-signing keys and of all signatures that they made."""
    tx.execute("DELETE FROM cross_signing_key WHERE user_id = $1", user_id)
    tx.execute("DELETE FROM key_signature WHERE user_id = $1", user_id)


def put_signature(
    tx: Transaction, user_id: UserID, target_user_id: UserID, target: str, key_id: str, signature: str
) -> None:
    """Queue a signature by `key_id` of `user_id` on a device or key of `target_user_id`."""
    tx.execute(_PUT_SIGNATURE, user_id, target_user_id, target, key_id, signature)


# What is told of people's keys

_ALL_DEVICE_KEYS = """
SELECT k.user_id, k.device_id, k.keys, k.signature, d.display_name FROM device_keys k
LEFT JOIN device d ON d.user_id = k.user_id AND d.device_id = k.device_id
WHERE k.user_id IN (SELECT * FROM each_text($1)) LIMIT $2
"""
_ALL_CROSS_SIGNING_KEYS = """
SELECT user_id, usage, public_key, keys FROM cross_signing_key WHERE user_id IN (SELECT * FROM each_text($1))
"""
_SIGNATURES_ON_OWN = """
SELECT user_id, target, key_id, signature FROM key_signature
WHERE user_id IN (SELECT * FROM each_text($1)) AND target_user_id = user_id
"""
_SIGNATURES_BY = """
SELECT target_user_id, target, key_id, signature FROM key_signature
WHERE user_id = $1 AND target_user_id IN (SELECT * FROM each_text($2)) AND target_user_id <> user_id
"""
_SIGNATURES_ON_OTHERS = """
SELECT target_user_id, target, key_id, signature FROM key_signature
WHERE user_id = $1 AND target_user_id <> $1 LIMIT $2
"""
_ACCOUNTS = "SELECT user_id FROM account WHERE user_id IN (SELECT * FROM each_text($1))"


async def all_device_keys(reads: Reads, user_ids: list[UserID], limit: int) -> list[Row]:
    """User, device, what it signed, its signature and its display name, of all devices of some people."""
    return await reads.fetch(_ALL_DEVICE_KEYS, user_ids, limit)


async def all_cross_signing_keys(reads: Reads, user_ids: list[UserID]) -> list[Row]:
    """User, usage, public key and what was signed, of all cross-signing keys of some people."""
    return await reads.fetch(_ALL_CROSS_SIGNING_KEYS, user_ids)


async def signatures_on_own(reads: Reads, user_ids: list[UserID]) -> list[Row]:
    """User, target, key and signature, of what some people signed of their own."""
    return await reads.fetch(_SIGNATURES_ON_OWN, user_ids)


async def signatures_by(reads: Reads, user_id: UserID, on: list[UserID]) -> list[Row]:
    """User, target, key and signature, of what one person signed of others'."""
    # Most have signed little of others': less is read then by reading all of it.
    rows = await reads.fetch(_SIGNATURES_ON_OTHERS, user_id, len(on) + 1)
    if len(rows) > len(on):
        return await reads.fetch(_SIGNATURES_BY, user_id, on)
    wanted = frozenset(on)
    return [row for row in rows if row[0] in wanted]


async def accounts_among(reads: Reads, user_ids: list[UserID]) -> set[UserID]:
    """Which of these people have, or had, an account here."""
    return {row[0] for row in await reads.fetch(_ACCOUNTS, user_ids)} if user_ids else set()


# Who must look at whose keys

_NOTE_OWN = """
INSERT INTO device_list (user_id, about, place, changed_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (user_id, about) DO UPDATE SET place = excluded.place, changed_at = excluded.changed_at
"""
_OWN_BETWEEN = "SELECT about FROM device_list WHERE user_id = $1 AND place > $2 AND place <= $3"
_CHANGED_AT = "SELECT changed_at FROM device_list WHERE user_id = $1 AND about = $1"
_NOTE_IN_ROOM = """
INSERT INTO device_list_change (room_id, user_id, place) VALUES ($1, $2, $3)
ON CONFLICT (room_id, user_id) DO UPDATE SET place = excluded.place
"""
_IN_ROOM_BETWEEN = """
SELECT c.user_id FROM device_list_change c WHERE c.room_id = $1 AND c.place > $2 AND c.place <= $3 AND 'join' = (
    SELECT m.membership FROM member_change m
    WHERE m.room_id = c.room_id AND m.user_id = c.user_id ORDER BY m.place DESC LIMIT 1
)
"""
_MEMBERS_AT = """
SELECT m.user_id FROM member_change m
WHERE m.room_id = $1 AND m.place <= $2 AND m.membership = 'join' AND NOT EXISTS (
    SELECT 1 FROM member_change n
    WHERE n.room_id = m.room_id AND n.user_id = m.user_id AND n.place > m.place AND n.place <= $2
)
"""
_SHARING = """
SELECT DISTINCT m.user_id FROM member_change m
WHERE m.room_id IN (SELECT * FROM each_text($1)) AND m.user_id IN (SELECT * FROM each_text($2))
AND m.membership = 'join' AND NOT EXISTS (
    SELECT 1 FROM member_change n WHERE n.room_id = m.room_id AND n.user_id = m.user_id AND n.place > m.place
)
"""


MAX_LOOKED_UP = 500
"""People times rooms that are looked up at once: about half a millisecond. More is read beside the loop."""


def note_own(tx: Transaction, user_id: UserID, about: UserID, at: FuturePlace) -> None:
    """Queue that a person's own devices have to look at someone's keys."""
    tx.execute(_NOTE_OWN, user_id, about, at, tx.now)


async def own_between(reads: Reads, user_id: UserID, after: Place, upto: Place) -> list[UserID]:
    """Whose keys a person's devices have to look at, by notes in (after, upto] of their own stream."""
    return [row[0] for row in await reads.fetch(_OWN_BETWEEN, user_id, after, upto)]


async def changed_at(reads: Reads, user_id: UserID) -> int | None:
    """When a person's own keys last changed, in milliseconds since 1970."""
    row = await reads.fetch_one(_CHANGED_AT, user_id)
    return row[0] if row else None


def note_in_room(tx: Transaction, room_id: RoomID, user_id: UserID, at: FuturePlace) -> None:
    """Queue that who is in the room has to look at someone's keys."""
    tx.execute(_NOTE_IN_ROOM, room_id, user_id, at)


async def in_room_between(reads: Reads, room_id: RoomID, after: Place, upto: Place) -> list[UserID]:
    """Those in the room whose keys changed, by notes in (after, upto]. Who has left meanwhile is not among them."""
    return [row[0] for row in await reads.fetch(_IN_ROOM_BETWEEN, room_id, after, upto)]


async def members_at(database: Database, room_id: RoomID, at: Place) -> set[UserID]:
    """Who was in the room at a place. Proportional to members."""
    return {row[0] for row in await database.scan(_MEMBERS_AT, room_id, at)}


async def sharing(database: Database, room_ids: list[RoomID], user_ids: list[UserID]) -> set[UserID]:
    """Which of these people are in one of these rooms. Proportional to both together."""
    read = database.fetch if len(room_ids) * len(user_ids) <= MAX_LOOKED_UP else database.scan
    return {row[0] for row in await read(_SHARING, room_ids, user_ids)}
