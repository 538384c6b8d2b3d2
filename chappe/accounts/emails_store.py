"""The SQL of mail addresses and of the sessions that confirm them. All of it is in the register."""

import msgspec

from chappe.accounts.store import Fetches
from chappe.errors import Refused
from chappe.ids import UserID
from chappe.storage import Row
from chappe.stream import Transaction


class EmailSession(msgspec.Struct, frozen=True):
    """A session that confirms an address. Times are milliseconds."""

    sid: str
    purpose: str
    address: str
    secret_hash: bytes
    user_id: str
    language: str
    send_attempt: int
    token_hash: bytes | None
    next_link: str | None
    validated_at: int | None
    expires_at: int


_SESSION = (
    "SELECT sid, purpose, address, secret_hash, user_id, language, send_attempt, token_hash, next_link, validated_at, "
    "expires_at FROM email_session"
)


def _session(row: Row | None) -> EmailSession | None:
    return None if row is None else EmailSession(*row)


async def session(source: Fetches, sid: str, now: int) -> EmailSession | None:
    """A session that has not expired."""
    return _session(await source.fetch_one(f"{_SESSION} WHERE sid = $1 AND expires_at >= $2", sid, now))


async def session_of_token(source: Fetches, token: bytes, now: int) -> EmailSession | None:
    """The session that a link confirms, if it can still be used."""
    return _session(await source.fetch_one(f"{_SESSION} WHERE token_hash = $1 AND expires_at >= $2", token, now))


def put_session(tx: Transaction, new: EmailSession) -> None:
    """Begin a session, or begin it anew for a later attempt; of many at once the first one does it."""
    tx.execute("DELETE FROM email_session WHERE expires_at < $1", tx.now)
    tx.conditional(
        "INSERT INTO email_session (sid, purpose, address, secret_hash, user_id, language, send_attempt, token_hash, "
        "next_link, validated_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL, $10) "
        "ON CONFLICT (sid) DO UPDATE SET send_attempt = excluded.send_attempt, token_hash = excluded.token_hash, "
        "user_id = excluded.user_id, next_link = excluded.next_link, validated_at = NULL, "
        "expires_at = excluded.expires_at WHERE email_session.send_attempt < excluded.send_attempt RETURNING sid",
        new.sid, new.purpose, new.address, new.secret_hash, new.user_id, new.language, new.send_attempt,
        new.token_hash, new.next_link, new.expires_at, otherwise=None,
    )  # fmt: skip


def confirm(tx: Transaction, token: bytes, expires_at: int, otherwise: Refused) -> None:
    """Use a link up: the address of its session is confirmed."""
    tx.conditional(
        "UPDATE email_session SET validated_at = $2, expires_at = $3, token_hash = NULL "
        "WHERE token_hash = $1 AND expires_at >= $2 RETURNING sid",
        token, tx.now, expires_at, otherwise=otherwise,
    )  # fmt: skip


def use_session(tx: Transaction, sid: str, otherwise: Refused) -> None:
    """Use a confirmed session up: what it permits is done once."""
    tx.conditional(
        "DELETE FROM email_session WHERE sid = $1 AND validated_at IS NOT NULL AND expires_at >= $2 RETURNING sid",
        sid, tx.now, otherwise=otherwise,
    )  # fmt: skip


async def addresses(source: Fetches, user_id: UserID) -> list[Row]:
    """Address, language, when confirmed and when added, of an account, the oldest first."""
    return await source.fetch(
        "SELECT address, language, validated_at, added_at FROM email_address WHERE user_id = $1 "
        "ORDER BY added_at, address",
        user_id,
    )


async def owner(source: Fetches, address: str) -> UserID | None:
    """The account that has an address."""
    row = await source.fetch_one("SELECT user_id FROM email_address WHERE address = $1", address)
    return None if row is None else UserID(row[0])


def add(tx: Transaction, user_id: UserID, confirmed: EmailSession, most: int, taken: Refused, many: Refused) -> None:
    """Give an account an address, unless another account has it (`taken`) or it then has more than `most`."""
    tx.conditional(
        "INSERT INTO email_address VALUES ($1, $2, $3, $4, $5) ON CONFLICT (address) DO UPDATE "
        "SET validated_at = excluded.validated_at WHERE email_address.user_id = excluded.user_id RETURNING address",
        confirmed.address, user_id, confirmed.language, confirmed.validated_at, tx.now, otherwise=taken,
    )  # fmt: skip
    tx.conditional(
        "SELECT 1 FROM (SELECT COUNT(*) AS has FROM email_address WHERE user_id = $1) AS addresses WHERE has <= $2",
        user_id, most, otherwise=many,
    )  # fmt: skip


def erase_address(tx: Transaction, user_id: UserID, address: str) -> None:
    """Take an address from an account, with the resets that it could still confirm."""
    tx.execute("DELETE FROM email_address WHERE user_id = $1 AND address = $2", user_id, address)
    tx.execute("DELETE FROM email_session WHERE user_id = $1 AND address = $2", user_id, address)


def erase_addresses(tx: Transaction, user_id: str) -> None:
    """Take all addresses from an account."""
    tx.execute("DELETE FROM email_address WHERE user_id = $1", user_id)
    tx.execute("DELETE FROM email_session WHERE user_id = $1", user_id)
