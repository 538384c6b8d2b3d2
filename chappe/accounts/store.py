"""The SQL of what lies in the shard of its user; `register_store.py` has the rest.

What writes takes the transaction; what only reads takes anything that fetches.
Tokens, sessions and account data are written with `execute`, not `append`: in one group, a delete of one unit
and an insert of the next must run in that order.
"""

from typing import Protocol

from chappe.accounts.records import NewLogin
from chappe.errors import Refused
from chappe.ids import DeviceID, RoomID, UserID
from chappe.storage import FuturePlace, Row
from chappe.stream import Place, Transaction


class Fetches(Protocol):
    """A transaction or a database."""

    async def fetch(self, sql: str, *arguments: object) -> list[Row]:
        """Rows as committed."""
        ...

    async def fetch_one(self, sql: str, *arguments: object) -> Row | None:
        """The first row as committed, or None."""
        ...


# Devices and their tokens


async def devices(source: Fetches, user_id: UserID) -> list[Row]:
    """Device id, display name and last seen of all devices, the one silent longest first."""
    return await source.fetch(
        "SELECT device_id, display_name, last_seen_at FROM device WHERE user_id = $1 ORDER BY last_seen_at, device_id",
        user_id,
    )


async def device(source: Fetches, user_id: UserID, device_id: str) -> Row | None:
    """Device id, display name and last seen of a device."""
    return await source.fetch_one(
        "SELECT device_id, display_name, last_seen_at FROM device WHERE user_id = $1 AND device_id = $2",
        user_id, device_id,
    )  # fmt: skip


async def share_a_device(source: Fetches, one: UserID, other: UserID) -> bool:
    """Whether two accounts have a device of the same ID."""
    row = await source.fetch_one(
        "SELECT 1 FROM device a JOIN device b ON a.device_id = b.device_id WHERE a.user_id = $1 AND b.user_id = $2 "
        "LIMIT 1",
        one, other,
    )  # fmt: skip
    return row is not None


def put_device(tx: Transaction, user_id: UserID, login: NewLogin) -> None:
    """Make a device; one that exists keeps its name."""
    tx.execute(
        "INSERT INTO device VALUES ($1, $2, $3, $4, $4) "
        "ON CONFLICT (user_id, device_id) DO UPDATE SET last_seen_at = excluded.last_seen_at",
        user_id, login.device_id, login.display_name, tx.now,
    )  # fmt: skip


def add_silent_device(tx: Transaction, user_id: UserID, device_id: str, name: str | None) -> None:
    """Make a device without tokens. One that exists already makes this unit collide."""
    tx.execute("INSERT INTO device VALUES ($1, $2, $3, $4, $4)", user_id, device_id, name, tx.now)


def rename_device(tx: Transaction, user_id: UserID, device_id: str, name: str, otherwise: Refused) -> None:
    """Give a device another display name."""
    tx.conditional(
        "UPDATE device SET display_name = $3 WHERE user_id = $1 AND device_id = $2 RETURNING device_id",
        user_id, device_id, name, otherwise=otherwise,
    )  # fmt: skip


SEEN = "UPDATE device SET last_seen_at = $3 WHERE user_id = $1 AND device_id = $2"
"""For `Writer.lazily`: user id, device id, time."""


def erase_devices(tx: Transaction, user_id: UserID, device_ids: list[str]) -> None:
    """Remove devices and all their tokens."""
    for table in ("access_token", "refresh_token", "device"):
        tx.execute(
            f"DELETE FROM {table} WHERE user_id = $1 AND device_id IN (SELECT * FROM each_text($2))",
            user_id, device_ids,
        )  # fmt: skip


def erase_all_devices(tx: Transaction, user_id: UserID, but: str) -> None:
    """Remove all devices of an account with all tokens, except the device `but` ("" for none)."""
    for table in ("access_token", "refresh_token", "device"):
        tx.execute(f"DELETE FROM {table} WHERE user_id = $1 AND device_id <> $2", user_id, but)
    tx.execute("DELETE FROM login_token WHERE user_id = $1", user_id)


def erase_tokens(tx: Transaction, user_id: UserID, device_id: str) -> None:
    """End every login of a device that stays."""
    for table in ("access_token", "refresh_token"):
        tx.execute(f"DELETE FROM {table} WHERE user_id = $1 AND device_id = $2", user_id, device_id)


def erase_generations(tx: Transaction, user_id: UserID, device_id: str, generation: int, *, later_too: bool) -> None:
    """End the tokens of a device that were given out before `generation`, or before and after it."""
    compared = "<>" if later_too else "<"
    for table in ("access_token", "refresh_token"):
        tx.execute(
            f"DELETE FROM {table} WHERE user_id = $1 AND device_id = $2 AND generation {compared} $3",
            user_id, device_id, generation,
        )  # fmt: skip


def add_access_token(
    tx: Transaction, user_id: UserID, login: NewLogin, *, is_guest: bool, generation: int, confirmed: bool
) -> None:
    """Store an access token and, if there is one, the refresh token that came with it."""
    tx.execute(
        "INSERT INTO access_token VALUES ($1, $2, $3, $4, $5, $6, $7)",
        user_id, bytes.fromhex(login.access_hash), login.device_id, int(is_guest), generation, int(confirmed),
        login.expires_at,
    )  # fmt: skip
    if login.refresh_hash is not None:
        tx.execute(
            "INSERT INTO refresh_token VALUES ($1, $2, $3, $4)",
            user_id, bytes.fromhex(login.refresh_hash), login.device_id, generation,
        )  # fmt: skip


async def access_token(source: Fetches, user_id: UserID, token: bytes) -> Row | None:
    """Device id, guest, generation, confirmed, expiry of an access token."""
    return await source.fetch_one(
        "SELECT device_id, is_guest, generation, confirmed, expires_at FROM access_token "
        "WHERE user_id = $1 AND hash = $2",
        user_id, token,
    )  # fmt: skip


def confirm_access_token(tx: Transaction, user_id: UserID, token: bytes, otherwise: Refused) -> None:
    """Note that a refreshed access token reached its client."""
    tx.conditional(
        "UPDATE access_token SET confirmed = 1 WHERE user_id = $1 AND hash = $2 RETURNING hash",
        user_id, token, otherwise=otherwise,
    )  # fmt: skip


async def refresh_token(source: Fetches, user_id: UserID, token: bytes) -> Row | None:
    """Device id and generation of a refresh token."""
    return await source.fetch_one(
        "SELECT device_id, generation FROM refresh_token WHERE user_id = $1 AND hash = $2", user_id, token
    )


def require_refresh_token(tx: Transaction, user_id: UserID, token: bytes, otherwise: Refused) -> None:
    """Hold only if the refresh token is still valid at the flush."""
    tx.conditional("SELECT 1 FROM refresh_token WHERE user_id = $1 AND hash = $2", user_id, token, otherwise=otherwise)


def add_login_token(tx: Transaction, user_id: UserID, token: bytes, expires_at: int) -> None:
    """Store a login token, and forget the account's expired ones."""
    tx.execute("DELETE FROM login_token WHERE user_id = $1 AND expires_at < $2", user_id, tx.now)
    tx.execute("INSERT INTO login_token VALUES ($1, $2, $3)", user_id, token, expires_at)


def use_login_token(tx: Transaction, user_id: UserID, token: bytes, otherwise: Refused) -> None:
    """Use a login token up."""
    tx.conditional(
        "DELETE FROM login_token WHERE user_id = $1 AND hash = $2 AND expires_at >= $3 RETURNING hash",
        user_id, token, tx.now, otherwise=otherwise,
    )  # fmt: skip


# Profile, account data, filters


async def profile(source: Fetches, user_id: UserID) -> list[tuple[str, bytes]]:
    """Keys and values (JSON) of a profile."""
    rows = await source.fetch("SELECT key, value FROM profile WHERE user_id = $1 ORDER BY key", user_id)
    return [(row[0], row[1]) for row in rows]


async def profile_value(source: Fetches, user_id: UserID, key: str) -> bytes | None:
    """One value of a profile, as JSON."""
    row = await source.fetch_one("SELECT value FROM profile WHERE user_id = $1 AND key = $2", user_id, key)
    return None if row is None else bytes(row[0])


def put_profile_value(
    tx: Transaction, user_id: UserID, key: str, value: bytes, max_bytes: int, otherwise: Refused
) -> None:
    """Set a value, if the whole profile then has at most `max_bytes`."""
    tx.execute(
        "INSERT INTO profile VALUES ($1, $2, $3) ON CONFLICT (user_id, key) DO UPDATE SET value = excluded.value",
        user_id, key, value,
    )  # fmt: skip
    tx.conditional(
        # Quotes, colon and comma: what the JSON object needs around each key and value.
        "SELECT 1 FROM (SELECT SUM(length(key) + length(value) + 4) AS size FROM profile WHERE user_id = $1) AS whole "
        "WHERE size <= $2",
        user_id, max_bytes, otherwise=otherwise,
    )  # fmt: skip


def erase_profile_value(tx: Transaction, user_id: UserID, key: str) -> None:
    """Remove a value from a profile."""
    tx.execute("DELETE FROM profile WHERE user_id = $1 AND key = $2", user_id, key)


def erase_profile(tx: Transaction, user_id: UserID) -> None:
    """Remove a profile."""
    tx.execute("DELETE FROM profile WHERE user_id = $1", user_id)


async def account_data(source: Fetches, user_id: UserID, room_id: str, data_type: str) -> bytes | None:
    """The content stored for a type, as JSON."""
    row = await source.fetch_one(
        "SELECT content FROM account_data WHERE user_id = $1 AND room_id = $2 AND type = $3",
        user_id, room_id, data_type,
    )  # fmt: skip
    return None if row is None else bytes(row[0])


_PUT_ACCOUNT_DATA = (
    "INSERT INTO account_data SELECT $1, $2, $3, $4, $5 FROM ("
    "SELECT COUNT(*) AS types, COALESCE(SUM(LENGTH(content)), 0) AS bytes FROM account_data "
    "WHERE user_id = $1 AND NOT (room_id = $2 AND type = $3)) AS others WHERE types <= $6 AND bytes <= $7 "
    "ON CONFLICT (user_id, room_id, type) DO UPDATE SET content = excluded.content, place = excluded.place"
)


def put_account_data(
    tx: Transaction,
    user_id: UserID,
    room_id: str,
    data_type: str,
    content: bytes,
    at: FuturePlace,
    *,
    most_others: int,
    most_bytes_of_others: int,
    otherwise: Refused,
) -> None:
    """Store the content of a type, unless the account's other types are too many or too large by then.

    Proportional to the account's types; of their contents only the lengths are looked at.
    """
    tx.conditional(
        f"{_PUT_ACCOUNT_DATA} RETURNING place",
        user_id, room_id, data_type, content, at, most_others, most_bytes_of_others,
        otherwise=otherwise,
    )  # fmt: skip


def put_account_data_if_it_fits(
    tx: Transaction,
    user_id: UserID,
    room_id: str,
    data_type: str,
    content: bytes,
    at: FuturePlace,
    *,
    most_others: int,
    most_bytes_of_others: int,
) -> None:
    """The same for what nobody waits for: where there is no space, nothing changes."""
    tx.execute(_PUT_ACCOUNT_DATA, user_id, room_id, data_type, content, at, most_others, most_bytes_of_others)


async def account_data_between(
    source: Fetches, user_id: UserID, after: Place, upto: Place
) -> list[tuple[RoomID | None, str, bytes]]:
    """Room (None: global), type and content of what was last changed in (after, upto], in the order of change."""
    rows = await source.fetch(
        "SELECT room_id, type, content FROM account_data WHERE user_id = $1 AND place > $2 AND place <= $3 "
        "ORDER BY place",
        user_id, after, upto,
    )  # fmt: skip
    return [(RoomID(row[0]) if row[0] else None, row[1], row[2]) for row in rows]


async def account_data_of_room(
    source: Fetches, user_id: UserID, room_id: RoomID, upto: Place
) -> list[tuple[str, bytes]]:
    """Type and content of all that is stored for a room, as far as it was last changed up to a place."""
    rows = await source.fetch(
        "SELECT type, content FROM account_data WHERE user_id = $1 AND room_id = $2 AND place <= $3 ORDER BY place",
        user_id, room_id, upto,
    )  # fmt: skip
    return [(row[0], row[1]) for row in rows]


def erase_account_data(tx: Transaction, user_id: UserID) -> None:
    """Remove all account data and filters of an account."""
    tx.execute("DELETE FROM account_data WHERE user_id = $1", user_id)
    tx.execute("DELETE FROM filter WHERE user_id = $1", user_id)


async def filter_definition(source: Fetches, user_id: UserID, filter_id: str) -> bytes | None:
    """A filter as it was uploaded, as canonical JSON."""
    row = await source.fetch_one(
        "SELECT definition FROM filter WHERE user_id = $1 AND filter_id = $2", user_id, filter_id
    )
    return None if row is None else bytes(row[0])


def add_filter(tx: Transaction, user_id: UserID, filter_id: str, definition: bytes, keep: int) -> None:
    """Store a filter, and of the account's others only the `keep` newest."""
    tx.execute(
        "INSERT INTO filter VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (user_id, filter_id) DO UPDATE SET created_at = excluded.created_at",
        user_id, filter_id, definition, tx.now,
    )  # fmt: skip
    tx.execute(
        "DELETE FROM filter WHERE user_id = $1 AND filter_id IN (SELECT filter_id FROM filter WHERE user_id = $1 "
        "ORDER BY created_at DESC, filter_id DESC LIMIT 1000000 OFFSET $2)",
        user_id, keep,
    )  # fmt: skip


def device_id_of(row: Row) -> DeviceID:
    """The device id in a row of tokens or devices."""
    return DeviceID(row[0])
