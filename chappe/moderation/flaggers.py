"""Trusted flaggers: whose notices in their area of expertise go first. Art. 22 DSA, R73."""

import secrets
from datetime import date

import msgspec

from chappe import audit
from chappe.errors import Errcode
from chappe.ids import UserID
from chappe.moderation.categories import filed_categories
from chappe.moderation.records import Filed
from chappe.moderation.rules import is_country
from chappe.moderation.store import Fetches
from chappe.moderation.words import Door
from chappe.operators import Role, StaffRefused, require
from chappe.storage import Row
from chappe.stream import Device, Transaction

ENTERS = (Role.OWNER, Role.SENIOR_MODERATOR)
"""Who enters in the register what a coordinator has awarded."""

_areas = msgspec.json.Decoder(tuple[str, ...])
_ALL = "SELECT id, name, user_id, areas, coordinator, awarded_on, suspended_at, ended_at FROM flagger"


class Flagger(msgspec.Struct, frozen=True):
    """A trusted flagger, with the categories in which it is expert."""

    id: str
    name: str
    user_id: str
    areas: tuple[str, ...]
    coordinator: str
    awarded_on: str
    suspended_at: int | None
    ended_at: int | None


async def flaggers(source: Fetches) -> list[Flagger]:
    """All that there are and were."""
    rows = await source.fetch(f"{_ALL} ORDER BY name, id")
    told = [(*row[:3], _areas.decode(row[3]), *row[4:]) for row in rows]
    return [Flagger(*one) for one in told]


class Precision(msgspec.Struct, frozen=True):
    """What became of a trusted flagger's notices in their area: how many, how many wait, how many were right. R74."""

    filed: int
    waiting: int
    right: int

    @property
    def percent(self) -> int | None:
        """How many of a hundred that were decided led to a restriction that still holds; None before the first."""
        decided = self.filed - self.waiting
        return round(100 * self.right / decided) if decided else None


async def precision_of(source: Fetches, id: str) -> Precision:
    """How precise a trusted flagger is. Art. 22(6) DSA speaks of too many notices that are not."""
    row = await source.fetch_one(
        "SELECT COUNT(*), SUM(CASE WHEN d.id IS NULL THEN 1 ELSE 0 END), "
        "SUM(CASE WHEN d.outcome = 'restricted' AND d.state <> 'reversed' THEN 1 ELSE 0 END) FROM filing f "
        "JOIN moderation_case c ON c.number = f.case_number "
        "LEFT JOIN decision d ON d.id = c.decision AND c.state = 'decided' WHERE f.flagger = $1 AND f.flagger <> ''",
        id,
    )
    return Precision(0, 0, 0) if row is None else Precision(int(row[0]), int(row[1] or 0), int(row[2] or 0))


async def notices_of(source: Fetches, id: str) -> list[Row]:
    """Every notice of a trusted flagger with what was decided on it, the oldest first: as the report tells it."""
    return await source.fetch(
        "SELECT f.id, f.filed_at, c.decided_at, f.category, f.country, f.law, f.reason, f.case_number, d.id, "
        "d.outcome, d.state, d.automation FROM filing f JOIN moderation_case c ON c.number = f.case_number "
        "LEFT JOIN decision d ON d.id = c.decision AND c.state = 'decided' WHERE f.flagger = $1 AND f.flagger <> '' "
        "ORDER BY f.filed_at, f.id",
        id,
    )


async def expert_for(source: Fetches, filed: Filed) -> str:
    """The trusted flagger who files a notice in their area, by id; "" for everything else."""
    if filed.door is not Door.NOTICE or not filed.by_user:
        return ""
    row = await source.fetch_one(
        f"{_ALL} WHERE user_id = $1 AND ended_at IS NULL AND suspended_at IS NULL", filed.by_user
    )
    return row[0] if row is not None and filed.category in _areas.decode(row[3]) else ""


async def add_flagger(
    tx: Transaction, device: Device, name: str, user_id: UserID, areas: tuple[str, ...], country: str, day: str
) -> str:
    """An act: enter a trusted flagger. Returns its id. Refuses INVALID_PARAM what is not complete."""
    await require(tx, tx.now, device.user_id, *ENTERS)
    known = filed_categories()
    if not name.strip() or len(name) > 200 or not areas or any(area not in known for area in areas):
        raise _wrong("A trusted flagger has a name, and at least one category in which it is expert.")
    if not is_country(country) or not _is_day(day):
        raise _wrong("Say which country's coordinator awarded the status, such as FR, and on which day, as 2026-11-28.")
    id = secrets.token_urlsafe(9)
    taken = StaffRefused("refused_flagger_twice", "This account is a trusted flagger's already.", Errcode.INVALID_PARAM)
    tx.conditional(
        "INSERT INTO flagger VALUES ($1, $2, $3, $4, $5, $6, NULL, NULL) ON CONFLICT DO NOTHING RETURNING id",
        id, name.strip(), user_id, msgspec.json.encode(areas).decode(), country, day, otherwise=taken,
    )  # fmt: skip
    told = {"name": name, "user_id": user_id, "areas": list(areas), "coordinator": country, "awarded_on": day}
    audit.record(tx, device.user_id, "flagger.entered", f"flagger {id}", after=told)
    return id


async def set_flagger_status(tx: Transaction, device: Device, id: str, status: str, reason: str) -> None:
    """An act: note that the coordinator has suspended the status, given it back, or ended it."""
    await require(tx, tx.now, device.user_id, *ENTERS)
    sets = {"suspended": "suspended_at = $2", "active": "suspended_at = NULL", "ended": "ended_at = $2"}
    if status not in sets or not reason.strip():
        raise _wrong("The status is suspended, active or ended, and has a reason.")
    gone = StaffRefused("refused_no_flagger", "There is no such trusted flagger.", Errcode.NOT_FOUND)
    arguments = (id,) if status == "active" else (id, tx.now)
    sql = f"UPDATE flagger SET {sets[status]} WHERE id = $1 AND ended_at IS NULL RETURNING id"
    tx.conditional(sql, *arguments, otherwise=gone)
    audit.record(tx, device.user_id, "flagger.status", f"flagger {id}", after=status, reason=reason)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _wrong(reason: str) -> StaffRefused:
    return StaffRefused("refused_flagger", reason, Errcode.INVALID_PARAM)
