"""Misuse: whoever often posts what is manifestly illegal, or often files what is manifestly unfounded, is warned, and
only then suspended for a while. Art. 23 DSA; R90, R91.

A suspension here means that reports and notices, or complaints, are not processed. That of an account for its content
is a decision on a case, like every other restriction; its warning stands here.
"""

import secrets
from enum import StrEnum

import msgspec

from chappe import audit, mail
from chappe.accounts.pages import Language
from chappe.errors import Errcode, Refused
from chappe.ids import is_user_id
from chappe.mail import Letter
from chappe.moderation import tell
from chappe.moderation.categories import CHILD_ABUSE
from chappe.moderation.records import Filed
from chappe.moderation.statement import day_of, words
from chappe.moderation.store import Fetches
from chappe.operators import Role, StaffRefused, require
from chappe.stream import Device, Transaction

DECIDES = (Role.SENIOR_MODERATOR,)
"""Who warns and suspends."""
DAY_MS = 86_400_000
WARNED_WITHIN_MS = 365 * DAY_MS
"""How long a warning counts."""
MAX_DAYS = 180
MAX_CHARS = 1_000

_ALL = (
    "SELECT id, whom, kind, step, at, until, number, of_all, gravity, intent, by_user, lifted_at, lifted_by "
    "FROM misuse_step"
)


class Misused(StrEnum):
    """What is misused."""

    CONTENT = "content"
    FILINGS = "filings"
    COMPLAINTS = "complaints"


class Factors(msgspec.Struct, frozen=True):
    """What Art. 23(3) has weighed in each case."""

    number: int
    of_all: int
    gravity: str
    intent: str


class Step(msgspec.Struct, frozen=True):
    """A warning or a suspension. Columns as in `schema/`."""

    id: str
    whom: str
    kind: str
    step: str
    at: int
    until: int | None
    number: int
    of_all: int
    gravity: str
    intent: str
    by_user: str
    lifted_at: int | None
    lifted_by: str


async def steps(source: Fetches, limit: int) -> list[Step]:
    """The newest warnings and suspensions."""
    return [Step(*row) for row in await source.fetch(f"{_ALL} ORDER BY at DESC, id LIMIT $1", limit)]


async def suspension_of(source: Fetches, whom: str, kind: Misused, now: int) -> Step | None:
    """The suspension of somebody that holds."""
    row = await source.fetch_one(
        f"{_ALL} WHERE whom = $1 AND kind = $2 AND step = 'suspended' AND until > $3 AND lifted_at IS NULL "
        "ORDER BY until DESC LIMIT 1",
        whom, kind.value, now,
    )  # fmt: skip
    return None if row is None else Step(*row)


async def warn(tx: Transaction, device: Device, whom: str, kind: str, factors: Factors) -> str:
    """An act: warn somebody. Returns the id of the warning. Refuses INVALID_PARAM where a factor is missing."""
    return await _step(tx, device, whom, _kind(kind), factors, None)


async def suspend(tx: Transaction, device: Device, whom: str, kind: str, factors: Factors, days: int) -> str:
    """An act: process somebody's reports and notices, or complaints, no more for some days.

    Refuses INVALID_PARAM without a warning within a year, without the four factors, and for content: that is decided
    on a case.
    """
    misused = _kind(kind)
    if misused is Misused.CONTENT:
        raise _wrong("refused_misuse_content", "An account is suspended by a decision on a case.")
    if not 0 < days <= MAX_DAYS:
        raise _wrong("refused_misuse_days", f"A suspension is for a reasonable time: 1 to {MAX_DAYS} days.")
    # Asked at the flush, so that a warning that is lifted at the same moment does not count.
    missing = _wrong("refused_no_warning", "Nobody is suspended without a warning within a year before.")
    tx.conditional(
        "SELECT 1 FROM misuse_step WHERE whom = $1 AND kind = $2 AND step = 'warned' AND at > $3 AND lifted_at IS NULL "
        "LIMIT 1",
        whom, misused.value, tx.now - WARNED_WITHIN_MS, otherwise=missing,
    )  # fmt: skip
    return await _step(tx, device, whom, misused, factors, tx.now + days * DAY_MS)


async def lift_step(tx: Transaction, device: Device, id: str) -> None:
    """An act: take back a warning or a suspension."""
    operator = await require(tx, tx.now, device.user_id, *DECIDES)
    gone = StaffRefused("refused_no_step", "There is no such warning or suspension.", Errcode.NOT_FOUND)
    tx.conditional(
        "UPDATE misuse_step SET lifted_at = $2, lifted_by = $3 WHERE id = $1 AND lifted_at IS NULL RETURNING id",
        id, tx.now, operator.user_id, otherwise=gone,
    )  # fmt: skip
    audit.record(tx, operator.user_id, "misuse.lifted", f"misuse {id}")


async def require_processed(tx: Transaction, filed: Filed) -> None:
    """Refuse what somebody files whose reports are not processed; never what is about children or a threat (R91)."""
    if filed.is_threat or filed.keyword in CHILD_ABUSE:
        return
    for whom in (filed.by_user, filed.email.casefold()):
        if whom:
            await _refuse_suspended(tx, whom, Misused.FILINGS)


async def require_complaints_processed(tx: Transaction, user_id: str, email: str) -> None:
    """Refuse the complaint of somebody whose complaints are not processed: an account, or a mail address."""
    for whom in (user_id, email.casefold()):
        if whom:
            await _refuse_suspended(tx, whom, Misused.COMPLAINTS)


async def _refuse_suspended(tx: Transaction, whom: str, kind: Misused) -> None:
    found = await suspension_of(tx, whom, kind, tx.now)
    if found is not None and found.until is not None:
        raise Refused(
            Errcode.FORBIDDEN,
            f"What you send is not processed until {day_of(found.until)}, since much of it was manifestly unfounded. "
            "What is about child abuse or somebody in danger still is. A court or an out-of-court body can help.",
        )


async def _step(tx: Transaction, device: Device, whom: str, kind: Misused, factors: Factors, until: int | None) -> str:
    operator = await require(tx, tx.now, device.user_id, *DECIDES)
    whom = whom.strip() if is_user_id(whom.strip()) else whom.strip().casefold()
    _require_sound(whom, factors)
    if whom == operator.user_id:
        raise StaffRefused("refused_own_case", "This is about you: somebody else has to decide it.")
    id, step = secrets.token_urlsafe(9), "warned" if until is None else "suspended"
    tx.execute(
        "INSERT INTO misuse_step VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, NULL, '')",
        id, whom, kind.value, step, tx.now, until, factors.number, factors.of_all, factors.gravity.strip(),
        factors.intent.strip(), operator.user_id,
    )  # fmt: skip
    told = {"kind": kind.value, "until": until, **msgspec.to_builtins(factors)}
    audit.record(tx, operator.user_id, f"misuse.{step}", whom, after=told)
    await _tell(tx, id, whom, kind, step, until)
    return id


async def _tell(tx: Transaction, id: str, whom: str, kind: Misused, step: str, until: int | None) -> None:
    texts = {}
    for language in Language:
        say = words(language)
        line = say[f"misuse_{step}_{kind.value}"].format(until=day_of(until) if until is not None else "")
        texts[language] = f"{say[f'misuse_{step}_title']}\n\n{line}"
    if is_user_id(whom):
        about = {"type": "misuse", "step": step, "kind": kind.value, "until": until}
        tell.person(tx, whom, f"misuse {id}", texts, about)
    else:
        title, _, text = texts[Language.ENGLISH].partition("\n\n")
        french = texts[Language.FRENCH].replace("\n\n", " : ")
        letter = Letter("safety", "en", {"title": title, "text": text, "more": french, "link": ""})
        await mail.tell(tx, mail.parse_address(whom), letter)


def _require_sound(whom: str, factors: Factors) -> None:
    if not is_user_id(whom):
        mail.parse_address(whom)
    texts = (factors.gravity, factors.intent)
    if not 0 < factors.number <= factors.of_all or any(not 0 < len(one.strip()) <= MAX_CHARS for one in texts):
        reason = "Weigh all four: how many were manifestly wrong, of how many in all, how grave, and with what intent."
        raise _wrong("refused_factors", reason)


def _kind(text: str) -> Misused:
    try:
        return Misused(text)
    except ValueError:
        raise _wrong("refused_misuse", "What is misused is content, filings or complaints.") from None


def _wrong(word: str, reason: str) -> StaffRefused:
    return StaffRefused(word, reason, Errcode.INVALID_PARAM)
