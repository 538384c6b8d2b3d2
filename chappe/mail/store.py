"""The SQL of mail. All of it is in the register."""

from typing import Protocol

from chappe.errors import Refused
from chappe.storage import Row
from chappe.stream import Transaction


class Fetches(Protocol):
    """A transaction or a database."""

    async def fetch(self, sql: str, *arguments: object) -> list[Row]:
        """Rows as committed."""
        ...

    async def fetch_one(self, sql: str, *arguments: object) -> Row | None:
        """The first row as committed, or None."""
        ...


def erase_old(tx: Transaction, before: int) -> None:
    """Forget what was sent or given up, and bounces, from before a time."""
    tx.execute("DELETE FROM outgoing_mail WHERE made_at < $1 AND next_try_at IS NULL", before)
    tx.execute("DELETE FROM bounced_address WHERE bounced_at < $1", before)


async def has_bounced(source: Fetches, recipient: str, since: int) -> bool:
    """Whether an address was refused for good since a time."""
    return bool(
        await source.fetch("SELECT 1 FROM bounced_address WHERE address = $1 AND bounced_at >= $2", recipient, since)
    )


async def made_to(source: Fetches, recipient: str, since: int) -> int:
    """How many mails were made for an address since a time, whether they count or not."""
    row = await source.fetch_one(
        "SELECT COUNT(*) FROM outgoing_mail WHERE recipient = $1 AND made_at >= $2", recipient, since
    )
    return int(row[0]) if row is not None else 0


def require_few_to(tx: Transaction, recipient: str, since: int, most: int, otherwise: Refused) -> None:
    """Hold only if fewer than `most` mails that count were made for an address since a time."""
    tx.conditional(
        "SELECT 1 FROM (SELECT COUNT(*) AS made FROM outgoing_mail WHERE recipient = $1 AND made_at >= $2 "
        "AND counted = 1) AS mails "
        "WHERE made < $3",
        recipient, since, most, otherwise=otherwise,
    )  # fmt: skip


def require_few_about(tx: Transaction, about: str, since: int, most: int, otherwise: Refused) -> None:
    """Hold only if an account caused fewer than `most` mails that count since a time."""
    tx.conditional(
        "SELECT 1 FROM (SELECT COUNT(*) AS made FROM outgoing_mail WHERE about = $1 AND made_at >= $2 AND counted = 1) "
        "AS mails "
        "WHERE made < $3",
        about, since, most, otherwise=otherwise,
    )  # fmt: skip


def add(tx: Transaction, mail_id: str, recipient: str, about: str, message: bytes, *, counted: bool) -> None:
    """Queue a mail to be sent now, which counts for the limits or not. A repeat of the same act with the same name adds
    nothing."""
    tx.execute(
        "INSERT INTO outgoing_mail (mail_id, recipient, about, message, made_at, tries, next_try_at, counted) "
        "VALUES ($1, $2, $3, $4, $5, 0, $5, $6) ON CONFLICT (mail_id) DO NOTHING",
        mail_id, recipient, about, message, tx.now, int(counted),
    )  # fmt: skip


async def due(source: Fetches, now: int, limit: int) -> list[Row]:
    """Name, recipient, message, time and tries of mails that are to be sent, the one that waits longest first."""
    return await source.fetch(
        "SELECT mail_id, recipient, message, made_at, tries FROM outgoing_mail WHERE next_try_at <= $1 "
        "ORDER BY next_try_at, mail_id LIMIT $2",
        now, limit,
    )  # fmt: skip


async def next_due(source: Fetches) -> int | None:
    """When the next mail is to be sent; None when none waits."""
    row = await source.fetch_one("SELECT MIN(next_try_at) FROM outgoing_mail WHERE next_try_at IS NOT NULL")
    return None if row is None or row[0] is None else int(row[0])


def finish(tx: Transaction, mail_id: str) -> None:
    """Forget the text of a mail that was sent or is given up."""
    tx.execute("UPDATE outgoing_mail SET next_try_at = NULL, message = $2 WHERE mail_id = $1", mail_id, b"")


def put_off(tx: Transaction, mail_id: str, until: int) -> None:
    """Try a mail again later."""
    tx.execute(
        "UPDATE outgoing_mail SET next_try_at = $2, tries = tries + 1 WHERE mail_id = $1 AND next_try_at IS NOT NULL",
        mail_id,
        until,
    )


def note_bounce(tx: Transaction, address: str, reply: str) -> None:
    """Note that an address was refused for good."""
    tx.execute(
        "INSERT INTO bounced_address VALUES ($1, $2, $3) "
        "ON CONFLICT (address) DO UPDATE SET bounced_at = excluded.bounced_at, reply = excluded.reply",
        address, tx.now, reply,
    )  # fmt: skip
