"""All the SQL of staff: roles, proposals, and sessions of the console. Everything is in the register."""

from typing import Protocol

import msgspec

from chappe.errors import Refused
from chappe.ids import UserID
from chappe.operators.roles import Operator, Role
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


# Roles


class Held(msgspec.Struct, frozen=True):
    """A role that somebody has."""

    user_id: UserID
    role: Role
    granted_by: str
    granted_at: int
    expires_at: int | None


_HELD = (
    "SELECT user_id, role, granted_by, granted_at, expires_at FROM operator_role "
    "WHERE (expires_at IS NULL OR expires_at > $1)"
)


async def held_by(source: Fetches, now: int, user_id: str) -> list[Held]:
    """The roles that somebody has now."""
    rows = await source.fetch(f"{_HELD} AND user_id = $2 ORDER BY role", now, user_id)
    return [Held(row[0], Role(row[1]), row[2], row[3], row[4]) for row in rows]


async def everybody(source: Fetches, now: int) -> list[Held]:
    """All roles that anybody has now: staff are few."""
    rows = await source.fetch(f"{_HELD} ORDER BY user_id, role", now)
    return [Held(row[0], Role(row[1]), row[2], row[3], row[4]) for row in rows]


async def operator(source: Fetches, now: int, user_id: str) -> Operator:
    """Somebody with their roles, which may be none."""
    held = await held_by(source, now, user_id)
    return Operator(UserID(user_id), frozenset(one.role for one in held), await languages(source, user_id))


async def languages(source: Fetches, user_id: str) -> tuple[str, ...]:
    """The languages that somebody works in."""
    rows = await source.fetch("SELECT language FROM operator_language WHERE user_id = $1 ORDER BY language", user_id)
    return tuple(row[0] for row in rows)


def set_languages(tx: Transaction, user_id: str, chosen: list[str]) -> None:
    """These, and no others."""
    tx.execute("DELETE FROM operator_language WHERE user_id = $1", user_id)
    for language in chosen:
        tx.execute("INSERT INTO operator_language VALUES ($1, $2)", user_id, language)


def put_role(tx: Transaction, user_id: str, role: Role, granted_by: str, expires_at: int | None) -> None:
    """Give a role; what somebody has for a time they may get for good."""
    tx.execute(
        "INSERT INTO operator_role VALUES ($1, $2, $3, $4, $5) ON CONFLICT (user_id, role) DO UPDATE SET "
        "granted_by = excluded.granted_by, granted_at = excluded.granted_at, expires_at = excluded.expires_at",
        user_id, role.value, granted_by, tx.now, expires_at,
    )  # fmt: skip


def remove_role(tx: Transaction, user_id: str, role: Role, otherwise: Refused) -> None:
    """Take a role away, if somebody has it."""
    tx.conditional(
        "DELETE FROM operator_role WHERE user_id = $1 AND role = $2 RETURNING role",
        user_id, role.value, otherwise=otherwise,
    )  # fmt: skip


def require_another_owner(tx: Transaction, user_id: str, otherwise: Refused) -> None:
    """Hold only if, at the flush, somebody else is an owner."""
    tx.conditional(
        "SELECT 1 FROM operator_role WHERE role = 'owner' AND user_id <> $1 LIMIT 1", user_id, otherwise=otherwise
    )


def require_holds(tx: Transaction, user_id: str, roles: list[str], otherwise: Refused) -> None:
    """Hold only if, at the flush, somebody has one of the roles."""
    tx.conditional(
        "SELECT 1 FROM operator_role WHERE user_id = $1 AND (expires_at IS NULL OR expires_at > $2) "
        "AND role IN (SELECT * FROM each_text($3)) LIMIT 1",
        user_id, tx.now, roles, otherwise=otherwise,
    )  # fmt: skip


def remove_all_of(tx: Transaction, user_id: str) -> None:
    """Nothing of staff is left of somebody."""
    for table in ("operator_role", "operator_language", "owner_notice", "console_session", "console_browser"):
        tx.execute(f"DELETE FROM {table} WHERE user_id = $1", user_id)
    tx.execute(
        "UPDATE proposal SET state = 'withdrawn', decided_by = $1, decided_at = $2 "
        "WHERE proposed_by = $1 AND state = 'open'",
        user_id, tx.now,
    )  # fmt: skip


async def was_on_staff(source: Fetches, user_id: str) -> bool:
    """Whether somebody has a role, or had one for a time."""
    return await source.fetch_one("SELECT 1 FROM operator_role WHERE user_id = $1 LIMIT 1", user_id) is not None


async def any_owner(source: Fetches) -> bool:
    """Whether there is an owner."""
    return await source.fetch_one("SELECT 1 FROM operator_role WHERE role = 'owner' LIMIT 1") is not None


# Proposals


class Proposal(msgspec.Struct, frozen=True):
    """An act that waits for a second person, or did."""

    id: str
    kind: str
    payload: str
    digest: str
    reason: str
    proposed_by: UserID
    session: str
    browser: str
    device_id: str
    proposed_at: int
    expires_at: int
    state: str
    decided_by: str | None = None
    decided_at: int | None = None

    def is_open(self, now: int) -> bool:
        """Whether it can still be decided."""
        return self.state == "open" and self.expires_at > now


_PROPOSAL = (
    "SELECT id, kind, payload, digest, reason, proposed_by, session, browser, device_id, proposed_at, expires_at, "
    "state, decided_by, decided_at FROM proposal"
)


async def proposal(source: Fetches, id: str) -> Proposal | None:
    """A proposal."""
    row = await source.fetch_one(f"{_PROPOSAL} WHERE id = $1", id)
    return None if row is None else Proposal(*row)


async def open_proposals(source: Fetches, now: int, limit: int) -> list[Proposal]:
    """Those that can be decided, the most urgent first."""
    sql = f"{_PROPOSAL} WHERE state = 'open' AND expires_at > $1 ORDER BY expires_at, id LIMIT $2"
    return [Proposal(*row) for row in await source.fetch(sql, now, limit)]


def add_proposal(tx: Transaction, new: Proposal, most: int, old: int, otherwise: Refused) -> None:
    """Store a proposal, unless its proposer has as many open ones; forget those that ended before `old`."""
    tx.execute("DELETE FROM proposal WHERE expires_at < $1", old)
    tx.conditional(
        "INSERT INTO proposal SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'open', NULL, NULL WHERE (SELECT "
        "COUNT(*) FROM proposal WHERE proposed_by = $6 AND state = 'open' AND expires_at > $10) < $12 RETURNING id",
        new.id, new.kind, new.payload, new.digest, new.reason, new.proposed_by, new.session, new.browser, new.device_id,
        new.proposed_at, new.expires_at, most, otherwise=otherwise,
    )  # fmt: skip


def decide(tx: Transaction, id: str, digest: str, state: str, by: str, otherwise: Refused) -> None:
    """Decide an open proposal: once, whoever else tries at the same moment."""
    tx.conditional(
        "UPDATE proposal SET state = $3, decided_by = $4, decided_at = $5 "
        "WHERE id = $1 AND digest = $2 AND state = 'open' AND expires_at > $5 RETURNING id",
        id, digest, state, by, tx.now, otherwise=otherwise,
    )  # fmt: skip


def add_notice(tx: Transaction, user_id: str, proposal_id: str) -> None:
    """Tell an owner."""
    tx.execute("INSERT INTO owner_notice VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", user_id, proposal_id, tx.now)


async def notices(source: Fetches, user_id: str) -> list[Proposal]:
    """What an owner is told of, the newest first."""
    sql = f"{_PROPOSAL} WHERE id IN (SELECT proposal_id FROM owner_notice WHERE user_id = $1) ORDER BY proposed_at DESC"
    return [Proposal(*row) for row in await source.fetch(sql, user_id)]


def end_notice(tx: Transaction, user_id: str, proposal_id: str) -> None:
    """The owner has read it."""
    tx.execute("DELETE FROM owner_notice WHERE user_id = $1 AND proposal_id = $2", user_id, proposal_id)


# The console


class Session(msgspec.Struct, frozen=True):
    """Somebody logged in to the console."""

    hash: str
    user_id: UserID
    browser: str
    password_seal: str
    created_at: int
    seen_at: int
    expires_at: int


async def session(source: Fetches, hash: str, now: int, idle_since: int) -> Session | None:
    """A session that holds."""
    row = await source.fetch_one(
        "SELECT hash, user_id, browser, password_seal, created_at, seen_at, expires_at FROM console_session "
        "WHERE hash = $1 AND expires_at > $2 AND seen_at > $3",
        hash, now, idle_since,
    )  # fmt: skip
    return None if row is None else Session(*row)


def add_session(tx: Transaction, new: Session, idle_since: int, forgotten: int) -> None:
    """Begin a session, remember the browser, and forget what has ended."""
    tx.execute("DELETE FROM console_session WHERE expires_at < $1 OR seen_at < $2", tx.now, idle_since)
    tx.execute("DELETE FROM console_browser WHERE seen_at < $1", forgotten)
    tx.execute(
        "INSERT INTO console_session VALUES ($1, $2, $3, $4, $5, $6, $7)",
        new.hash, new.user_id, new.browser, new.password_seal, new.created_at, new.seen_at, new.expires_at,
    )  # fmt: skip
    tx.execute(
        "INSERT INTO console_browser VALUES ($1, $2, $3) "
        "ON CONFLICT (user_id, browser) DO UPDATE SET seen_at = excluded.seen_at",
        new.user_id, new.browser, tx.now,
    )  # fmt: skip


def end_session(tx: Transaction, hash: str) -> None:
    """End one session."""
    tx.execute("DELETE FROM console_session WHERE hash = $1", hash)


def end_sessions_of(tx: Transaction, user_id: str) -> None:
    """End all sessions of somebody."""
    tx.execute("DELETE FROM console_session WHERE user_id = $1", user_id)


SEEN = "UPDATE console_session SET seen_at = $2 WHERE hash = $1"
"""For `Writer.lazily`: hash, time."""


async def share_a_browser(source: Fetches, one: str, other: str) -> bool:
    """Whether two accounts have logged in to the console from one browser."""
    row = await source.fetch_one(
        "SELECT 1 FROM console_browser a JOIN console_browser b ON a.browser = b.browser "
        "WHERE a.user_id = $1 AND b.user_id = $2 LIMIT 1",
        one, other,
    )  # fmt: skip
    return row is not None
