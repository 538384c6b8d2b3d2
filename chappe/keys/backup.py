"""Key backups: what devices keep for those that come after them (Client-Server API v1.19, "Server-side key backups").

A backup is a *version* with its keys, one for each session of a room. The server cannot read them; it keeps the
better one of two. Acts on one person's backups take turns: what one decides, the next finds stored.
"""

import asyncio

import msgspec

from chappe.accounts.turns import Turns
from chappe.errors import Errcode, Refused
from chappe.holds import erase
from chappe.ids import UserID
from chappe.keys import store_backup as store
from chappe.keys.store_backup import Backup, Key
from chappe.rooms.reading import Reads
from chappe.stream import Device, Transaction

BACKUP = "keys.backup"
"""The kind under which `holds.erase` knows backups; the subject is the user id and the version."""

MAX_BACKUPS = 50
"""Versions that an account may have at once."""
MAX_KEYS = 100_000
"""Keys of one backup: some years of many rooms."""
MAX_BYTES = 128 * 1024 * 1024
"""The keys of all backups of an account together."""
STORED_AT_ONCE = 100
"""Keys that one unit of work stores, in some milliseconds; more follow in the next."""
ERASED_AT_ONCE = 1_000
"""Keys that go in one unit of work; more follow in the next."""


class Stored(msgspec.Struct, frozen=True):
    """What a client is told after a change, as it is answered. `etag` is another when any key is."""

    etag: str
    count: int


def unknown_backup() -> Refused:
    """There is no backup of that version, or none at all."""
    return Refused(Errcode.NOT_FOUND, "There is no such key backup.")


def wrong_version(current: Backup) -> Refused:
    """Keys are stored in the current backup only."""
    return Refused(
        Errcode.WRONG_ROOM_KEYS_VERSION,
        f"The current key backup is version {current.version}.",
        current_version=str(current.version),
    )


def is_better(one: Key, other: Key) -> bool:
    """Whether a key is to replace another of its session: verified first, then the earlier, then the more direct."""
    return _worth(one) < _worth(other)


def _worth(key: Key) -> tuple[bool, int, int]:
    return (not key.is_verified, key.first_message_index, key.forwarded_count)


async def current_backup(reads: Reads, user_id: UserID) -> Backup:
    """The newest backup. Refuses with NOT_FOUND if there is none."""
    visible = [backup for backup in await store.backups(reads, user_id) if backup.deleted_at is None]
    if not visible:
        raise unknown_backup()
    return visible[-1]


async def backup_of(reads: Reads, user_id: UserID, version: int) -> Backup:
    """The backup of that version. Refuses with NOT_FOUND."""
    for backup in await store.backups(reads, user_id):
        if backup.version == version and backup.deleted_at is None:
            return backup
    raise unknown_backup()


async def create_backup(tx: Transaction, device: Device, algorithm: str, auth_data: bytes) -> int:
    """Make a backup, the current one from now on. Returns its version."""
    user_id = device.user_id
    await _take_turn(tx, user_id)
    backups = await store.backups(tx, user_id)
    if sum(backup.deleted_at is None for backup in backups) >= MAX_BACKUPS:
        raise Refused(
            Errcode.RESOURCE_LIMIT_EXCEEDED, f"You have {MAX_BACKUPS} key backups. Delete one that is not in use."
        )
    version = backups[-1].version + 1 if backups else 1
    store.add_backup(tx, user_id, version, algorithm, auth_data)
    return version


async def change_backup(tx: Transaction, device: Device, version: int, algorithm: str, auth_data: bytes) -> None:
    """Store other auth_data. Refuses with NOT_FOUND, and with INVALID_PARAM another algorithm."""
    await _take_turn(tx, device.user_id)
    backup = await backup_of(tx, device.user_id, version)
    if backup.algorithm != algorithm:
        raise Refused(Errcode.INVALID_PARAM, "The algorithm of a key backup cannot be changed.")
    store.set_auth_data(tx, device.user_id, version, auth_data)


async def delete_backup(tx: Transaction, device: Device, version: int) -> None:
    """Delete a backup with its keys; once more does nothing. Refuses with NOT_FOUND what there never was."""
    await _take_turn(tx, device.user_id)
    backups = await store.backups(tx, device.user_id)
    if not backups or not 0 < version <= backups[-1].version:
        raise unknown_backup()
    if any(backup.version == version and backup.deleted_at is None for backup in backups):
        await _delete(tx, device.user_id, version)
    else:
        tx.after_all_queued()


async def delete_backups(tx: Transaction, user_id: UserID, as_much_as_possible: bool) -> None:
    """Called when an account ends: nobody will open its backups any more."""
    await _take_turn(tx, user_id)
    for backup in await store.backups(tx, user_id):
        if backup.deleted_at is None:
            await _delete(tx, user_id, backup.version)


async def _delete(tx: Transaction, user_id: UserID, version: int) -> None:
    store.set_deleted(tx, user_id, version)
    await erase(tx, BACKUP, f"{user_id} {version}")


async def erase_backup(tx: Transaction, subject: str) -> None:
    """The eraser of deleted backups."""
    user_id, version = subject.split(" ")
    tx.effect(user_id, "keys.erase_backup", user_id, int(version))


async def erase_some(tx: Transaction, device: Device | None, user_id: str, version: int) -> None:
    """The effect: a part of a deleted backup goes, and then the next."""
    whose = UserID(user_id)
    keys = await store.keys_after(tx.database, whose, version, None, ("", ""), ERASED_AT_ONCE)
    if keys:
        store.erase_keys(tx, whose, version, keys[0], keys[-1])
        tx.effect(user_id, "keys.erase_backup", user_id, version)
    else:
        store.erase_backup(tx, whose, version)


async def require_room_for(reads: Reads, user_id: UserID, version: int, keys: list[Key]) -> None:
    """Refuse with RESOURCE_LIMIT_EXCEEDED if the backup would have too much with these keys: then none is stored.

    What each replaces is looked up only where they would not fit beside all that is there.
    """
    backups = [backup for backup in await store.backups(reads, user_id) if backup.deleted_at is None]
    of_version = [backup for backup in backups if backup.version == version]
    if not of_version:
        return  # refused when they are stored
    count, total = of_version[0].count, sum(backup.size_bytes for backup in backups)
    if _fits(count + len(keys), total + sum(len(key.session_data) for key in keys)):
        return
    for start in range(0, len(keys), STORED_AT_ONCE):
        part = keys[start : start + STORED_AT_ONCE]
        change = _changed_by(part, await _known_keys(reads, user_id, version, part))
        count, total = count + change.added, total + change.bytes
        await asyncio.sleep(0)
    if not _fits(count, total):
        raise _too_much()


async def store_keys(tx: Transaction, device: Device, version: int, keys: list[Key]) -> Stored:
    """Store keys in the current backup; where a session has one that is as good, that one stays.

    Refuses with NOT_FOUND if there is no backup, with WRONG_ROOM_KEYS_VERSION if another is the current one,
    and with RESOURCE_LIMIT_EXCEEDED all of them if they are too many. At most `STORED_AT_ONCE`.
    """
    user_id = device.user_id
    await _take_turn(tx, user_id)
    backup = await current_backup(tx, user_id)
    if backup.version != version:
        raise wrong_version(backup)
    change = _changed_by(keys, await _known_keys(tx, user_id, version, keys))
    if not change.better:
        tx.after_all_queued()
        return Stored(str(backup.etag), backup.count)
    count, size_bytes = backup.count + change.added, backup.size_bytes + change.bytes
    others = [one for one in await store.backups(tx, user_id) if one.deleted_at is None and one.version != version]
    if not _fits(count, sum(one.size_bytes for one in others) + size_bytes):
        raise _too_much()
    for key in change.better:
        store.put_key(tx, user_id, version, key)
    store.set_totals(tx, user_id, version, backup.etag + 1, count, size_bytes)
    return Stored(str(backup.etag + 1), count)


async def delete_some_keys(
    tx: Transaction, device: Device, version: int, room_id: str | None, session_id: str | None
) -> tuple[Stored, bool]:
    """Delete the key of a session, or some keys of a room or of the whole backup. Returns whether that is all."""
    user_id = device.user_id
    await _take_turn(tx, user_id)
    backup = await backup_of(tx, user_id, version)
    if room_id is not None and session_id is not None:
        keys = await store.keys_of_sessions(tx, user_id, version, room_id, [session_id])
    else:
        keys = await store.keys_after(tx.database, user_id, version, room_id, ("", ""), ERASED_AT_ONCE)
    if not keys:
        tx.after_all_queued()
        return Stored(str(backup.etag), backup.count), True
    store.erase_keys(tx, user_id, version, keys[0], keys[-1])
    count = backup.count - len(keys)
    size_bytes = backup.size_bytes - sum(len(key.session_data) for key in keys)
    store.set_totals(tx, user_id, version, backup.etag + 1, count, size_bytes)
    return Stored(str(backup.etag + 1), count), len(keys) < ERASED_AT_ONCE


async def _take_turn(tx: Transaction, user_id: UserID) -> None:
    await tx.of(Turns).take(tx, f"{BACKUP} {user_id}")


async def _known_keys(reads: Reads, user_id: UserID, version: int, keys: list[Key]) -> dict[tuple[str, str], Key]:
    sessions: dict[str, list[str]] = {}
    for key in keys:
        sessions.setdefault(key.room_id, []).append(key.session_id)
    known: dict[tuple[str, str], Key] = {}
    for room_id, session_ids in sessions.items():
        for key in await store.keys_of_sessions(reads, user_id, version, room_id, session_ids):
            known[key.room_id, key.session_id] = key
    return known


class _Change(msgspec.Struct):
    """What storing keys does: which are stored, how many of them are new, and how many bytes more there are."""

    better: list[Key]
    added: int
    bytes: int


def _changed_by(keys: list[Key], known: dict[tuple[str, str], Key]) -> _Change:
    change = _Change([], 0, 0)
    for key in keys:
        old = known.get((key.room_id, key.session_id))
        if old is not None and not is_better(key, old):
            continue
        change.better.append(key)
        change.added += old is None
        change.bytes += len(key.session_data) - (len(old.session_data) if old is not None else 0)
    return change


def _fits(count: int, total_bytes: int) -> bool:
    """Whether a backup may have so many keys, and its account so many bytes in all backups."""
    return count <= MAX_KEYS and total_bytes <= MAX_BYTES


def _too_much() -> Refused:
    return Refused(
        Errcode.RESOURCE_LIMIT_EXCEEDED,
        f"A key backup has at most {MAX_KEYS} keys, and an account {MAX_BYTES} bytes of them in all its backups.",
    )
