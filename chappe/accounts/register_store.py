"""The SQL of what is unique or global: accounts, what registers them once, sessions. All in the register."""

from chappe.accounts.records import Account, NewAccount, RegistrationToken, Session
from chappe.accounts.store import Fetches
from chappe.errors import Refused
from chappe.ids import UserID
from chappe.storage import Database, Row
from chappe.stream import Transaction

# Accounts

_ACCOUNT = (
    "SELECT user_id, password_hash, created_at, is_guest, is_operator, approved, deactivated_at, "
    "locked_at, suspended_at FROM account"
)


def _account(row: Row) -> Account:
    return Account(row[0], row[1], row[2], bool(row[3]), bool(row[4]), bool(row[5]), row[6], row[7], row[8])


async def account(source: Fetches, user_id: UserID) -> Account | None:
    """The account of a user id, deactivated ones included."""
    row = await source.fetch_one(f"{_ACCOUNT} WHERE user_id = $1", user_id)
    return None if row is None else _account(row)


async def any_operator(source: Fetches) -> bool:
    """Whether somebody can run this server from inside."""
    row = await source.fetch_one("SELECT 1 FROM account WHERE is_operator = 1 AND deactivated_at IS NULL LIMIT 1")
    return row is not None


async def waiting_accounts(source: Fetches, limit: int) -> list[Account]:
    """Accounts that wait for approval, the oldest first."""
    rows = await source.fetch(
        f"{_ACCOUNT} WHERE approved = 0 AND deactivated_at IS NULL ORDER BY created_at LIMIT $1", limit
    )
    return [_account(row) for row in rows]


async def accounts_after(source: Fetches, after: str, limit: int) -> list[Account]:
    """Accounts in the order of their user ids, from the one after `after` on."""
    rows = await source.fetch(f"{_ACCOUNT} WHERE user_id > $1 ORDER BY user_id LIMIT $2", after, limit)
    return [_account(row) for row in rows]


def add_account(tx: Transaction, new: NewAccount, otherwise: Refused) -> None:
    """Take the name, or refuse when somebody has it."""
    tx.conditional(
        "INSERT INTO account (user_id, password_hash, created_at, is_guest, is_operator, approved, registered_with) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (user_id) DO NOTHING RETURNING user_id",
        new.user_id, new.password_hash, tx.now, int(new.is_guest), int(new.is_operator), int(new.approved),
        new.registered_with,
        otherwise=otherwise,
    )  # fmt: skip


def make_member(tx: Transaction, new: NewAccount, otherwise: Refused) -> None:
    """Make a guest's account a member's, or refuse when it is no guest's any more."""
    tx.conditional(
        "UPDATE account SET password_hash = $2, is_guest = 0, approved = $3 "
        "WHERE user_id = $1 AND is_guest = 1 AND deactivated_at IS NULL RETURNING user_id",
        new.user_id, new.password_hash, int(new.approved), otherwise=otherwise,
    )  # fmt: skip


def add_accepted_terms(tx: Transaction, user_id: UserID, policy: str, version: str) -> None:
    """Remember which version of a document a person accepted."""
    tx.append("INSERT INTO accepted_terms VALUES ($1, $2, $3, $4)", user_id, policy, version, tx.now)


def require_unchanged(tx: Transaction, user_id: UserID, password_hash: str | None, otherwise: Refused) -> None:
    """Hold only if, at the flush, the account is active and still has the password that was checked."""
    tx.conditional(
        "SELECT 1 FROM account WHERE user_id = $1 AND deactivated_at IS NULL AND approved = 1 "
        "AND locked_at IS NULL AND COALESCE(password_hash, '') = $2",
        user_id, password_hash or "", otherwise=otherwise,
    )  # fmt: skip


def set_password(tx: Transaction, user_id: UserID, password_hash: str, otherwise: Refused) -> None:
    """Give an active account another password."""
    tx.conditional(
        "UPDATE account SET password_hash = $2 WHERE user_id = $1 AND deactivated_at IS NULL RETURNING user_id",
        user_id, password_hash, otherwise=otherwise,
    )  # fmt: skip
    tx.execute("DELETE FROM password_link WHERE user_id = $1", user_id)


def deactivate(tx: Transaction, user_id: UserID, otherwise: Refused | None) -> None:
    """Mark an account as ended and forget its password."""
    tx.conditional(
        "UPDATE account SET deactivated_at = $2, password_hash = NULL "
        "WHERE user_id = $1 AND deactivated_at IS NULL RETURNING user_id",
        user_id, tx.now, otherwise=otherwise,
    )  # fmt: skip


def set_operator(tx: Transaction, user_id: UserID, is_operator: bool) -> None:
    """Say whether an account is an operator's."""
    tx.execute("UPDATE account SET is_operator = $2 WHERE user_id = $1", user_id, int(is_operator))


def restrict(tx: Transaction, user_id: UserID, column: str, since: int | None, otherwise: Refused) -> None:
    """Set or lift what `column` says of an active account; what holds already keeps its time."""
    assert column in ("locked_at", "suspended_at"), "the columns of restrictions"
    value = "$2" if since is None else f"COALESCE({column}, $2)"
    tx.conditional(
        f"UPDATE account SET {column} = {value} "
        "WHERE user_id = $1 AND deactivated_at IS NULL RETURNING user_id",
        user_id, since, otherwise=otherwise,
    )  # fmt: skip


def erase_application(tx: Transaction, user_id: str) -> None:
    """Remove an account that was never let in, with what its owner agreed to; the name is free again."""
    for table in ("accepted_terms", "account"):
        tx.execute(
            f"DELETE FROM {table} WHERE user_id = $1 AND user_id IN "
            "(SELECT user_id FROM account WHERE user_id = $1 AND approved = 0)",
            user_id,
        )


async def how_many_wait(source: Fetches) -> int:
    """How many accounts wait for approval."""
    row = await source.fetch_one("SELECT COUNT(*) FROM account WHERE approved = 0 AND deactivated_at IS NULL")
    assert row is not None, "a count is always answered"
    return int(row[0])


async def registrations_by_day(database: Database, since: int) -> list[Row]:
    """Day (since 1970, UTC), token ("" without one), accounts, guests, waiting and ended ones made since a time."""
    return await database.scan(
        "SELECT created_at / 86400000 AS day, COALESCE(registered_with, '') AS token, COUNT(*), SUM(is_guest), "
        "SUM(1 - approved), SUM(CASE WHEN deactivated_at IS NULL THEN 0 ELSE 1 END) FROM account "
        "WHERE created_at >= $1 GROUP BY day, token ORDER BY day, token",
        since,
    )


def approve(tx: Transaction, user_id: UserID, otherwise: Refused) -> None:
    """Let an account in."""
    tx.conditional(
        "UPDATE account SET approved = 1 WHERE user_id = $1 AND deactivated_at IS NULL RETURNING user_id",
        user_id, otherwise=otherwise,
    )  # fmt: skip


# What is used once, or a few times


def add_nonce(tx: Transaction, nonce: bytes, expires_at: int) -> None:
    """Remember a nonce, and forget those that nobody used in time."""
    tx.execute("DELETE FROM registration_nonce WHERE expires_at < $1", tx.now)
    tx.execute("INSERT INTO registration_nonce VALUES ($1, $2)", nonce, expires_at)


def use_nonce(tx: Transaction, nonce: bytes, otherwise: Refused) -> None:
    """Use a nonce up."""
    tx.conditional(
        "DELETE FROM registration_nonce WHERE hash = $1 AND expires_at >= $2 RETURNING 1",
        nonce, tx.now, otherwise=otherwise,
    )  # fmt: skip


def put_owner_code(tx: Transaction, code: bytes, expires_at: int) -> None:
    """Make `code` the only one that makes an owner."""
    tx.execute("DELETE FROM owner_code")
    tx.execute("INSERT INTO owner_code VALUES ($1, $2)", code, expires_at)


async def owner_code_holds(source: Fetches, code: bytes, now: int) -> bool:
    """Whether a code could still be used."""
    return bool(await source.fetch("SELECT 1 FROM owner_code WHERE hash = $1 AND expires_at >= $2", code, now))


def put_password_link(tx: Transaction, user_id: UserID, code: bytes, expires_at: int, otherwise: Refused) -> None:
    """Make `code` the only one that sets the password of an active account, and forget expired ones."""
    tx.execute("DELETE FROM password_link WHERE user_id = $1 OR expires_at < $2", user_id, tx.now)
    tx.conditional(
        "INSERT INTO password_link SELECT $2, user_id, $3 FROM account "
        "WHERE user_id = $1 AND deactivated_at IS NULL RETURNING user_id",
        user_id, code, expires_at, otherwise=otherwise,
    )  # fmt: skip


async def owner_of_link(source: Fetches, code: bytes, now: int) -> UserID | None:
    """Whose password a code sets, if it can still be used."""
    row = await source.fetch_one("SELECT user_id FROM password_link WHERE hash = $1 AND expires_at >= $2", code, now)
    return None if row is None else UserID(row[0])


def use_password_link(tx: Transaction, code: bytes, otherwise: Refused) -> None:
    """Use the code of a password link up."""
    tx.conditional(
        "DELETE FROM password_link WHERE hash = $1 AND expires_at >= $2 RETURNING hash",
        code, tx.now, otherwise=otherwise,
    )  # fmt: skip


def use_owner_code(tx: Transaction, code: bytes, otherwise: Refused) -> None:
    """Use the owner's code up."""
    tx.conditional(
        "DELETE FROM owner_code WHERE hash = $1 AND expires_at >= $2 RETURNING 1", code, tx.now, otherwise=otherwise
    )


_TOKEN = (
    "SELECT token, uses_allowed, completed, expires_at, (SELECT COUNT(*) FROM uia_session s "
    "WHERE s.registration_token = t.token AND s.expires_at >= $1) FROM registration_token t"
)


def _registration_token(row: Row) -> RegistrationToken:
    return RegistrationToken(row[0], row[1], row[4], row[2], row[3])


async def registration_token(source: Fetches, token: str, now: int) -> RegistrationToken | None:
    """A registration token."""
    row = await source.fetch_one(f"{_TOKEN} WHERE token = $2", now, token)
    return None if row is None else _registration_token(row)


async def registration_tokens(source: Fetches, now: int, limit: int) -> list[RegistrationToken]:
    """All registration tokens, the newest first."""
    rows = await source.fetch(f"{_TOKEN} ORDER BY created_at DESC, token LIMIT $2", now, limit)
    return [_registration_token(row) for row in rows]


def add_registration_token(
    tx: Transaction, token: str, uses_allowed: int | None, expires_at: int | None, otherwise: Refused
) -> None:
    """Make a registration token; refuse when there is one of that name."""
    tx.conditional(
        "INSERT INTO registration_token (token, uses_allowed, completed, expires_at, created_at) "
        "VALUES ($1, $2, 0, $3, $4) ON CONFLICT (token) DO NOTHING RETURNING token",
        token, uses_allowed, expires_at, tx.now, otherwise=otherwise,
    )  # fmt: skip


def change_registration_token(
    tx: Transaction, token: str, uses_allowed: int | None, expires_at: int | None, otherwise: Refused
) -> None:
    """Give a registration token other bounds."""
    tx.conditional(
        "UPDATE registration_token SET uses_allowed = $2, expires_at = $3 WHERE token = $1 RETURNING token",
        token, uses_allowed, expires_at, otherwise=otherwise,
    )  # fmt: skip


def erase_registration_token(tx: Transaction, token: str, otherwise: Refused) -> None:
    """Remove a registration token."""
    tx.conditional("DELETE FROM registration_token WHERE token = $1 RETURNING token", token, otherwise=otherwise)


def use_registration_token(tx: Transaction, token: str, otherwise: Refused) -> None:
    """Count one account for a registration token, if it permits one more."""
    tx.conditional(
        "UPDATE registration_token SET completed = completed + 1 WHERE token = $1 "
        "AND (uses_allowed IS NULL OR completed < uses_allowed) AND (expires_at IS NULL OR expires_at > $2) "
        "RETURNING token",
        token, tx.now, otherwise=otherwise,
    )  # fmt: skip


# User-interactive authentication


async def session(source: Fetches, key: bytes, now: int) -> Session | None:
    """A session that has not expired."""
    row = await source.fetch_one(
        "SELECT user_id, operation, body_seal, completed, registration_token, email_sid FROM uia_session "
        "WHERE hash = $1 AND expires_at >= $2",
        key, now,
    )  # fmt: skip
    return None if row is None else Session(*row)


def add_session(tx: Transaction, key: bytes, new: Session, expires_at: int) -> None:
    """Begin a session, and forget those that expired."""
    tx.execute("DELETE FROM uia_session WHERE expires_at < $1", tx.now)
    tx.execute(
        "INSERT INTO uia_session VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        key, new.user_id, new.operation, new.body_seal, new.completed, new.registration_token, expires_at,
        new.email_sid,
    )  # fmt: skip


def advance_session(tx: Transaction, key: bytes, before: Session, after: Session, otherwise: Refused) -> None:
    """Note a completed stage, unless another request got ahead of this one."""
    tx.conditional(
        "UPDATE uia_session SET body_seal = $3, completed = $4, registration_token = $5, email_sid = $6 "
        "WHERE hash = $1 AND completed = $2 RETURNING hash",
        key, before.completed, after.body_seal, after.completed, after.registration_token, after.email_sid,
        otherwise=otherwise,
    )  # fmt: skip


def end_session(tx: Transaction, key: bytes, before: Session, otherwise: Refused) -> None:
    """Use a session up: what it permits is done once."""
    tx.conditional(
        "DELETE FROM uia_session WHERE hash = $1 AND completed = $2 RETURNING hash",
        key, before.completed, otherwise=otherwise,
    )  # fmt: skip
