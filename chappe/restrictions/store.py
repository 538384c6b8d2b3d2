"""All the SQL of restrictions."""

from typing import Protocol

import msgspec

from chappe.restrictions.restriction import Ground, Kind, Measure, Restriction
from chappe.restrictions.told import placeholder_of
from chappe.storage import Database, FuturePlace, Row
from chappe.stream import Place, Transaction


class Reads(Protocol):
    """A database, or a transaction's view of it."""

    async def fetch(self, sql: str, *arguments: object) -> list[Row]: ...

    async def fetch_one(self, sql: str, *arguments: object) -> Row | None: ...


class Held(msgspec.Struct):
    """A restriction as it is stored, and the place at which it was imposed."""

    restriction: Restriction
    place: Place
    begins: int
    """From when on it holds; 0 at once, whatever the clock says later."""
    _told: bytes | None = None

    def holds_at(self, now: int) -> bool:
        """Whether it has begun and not ended."""
        until = self.restriction.until
        return self.begins <= now and (until is None or now < until)

    @property
    def told(self) -> bytes:
        """What is told of it in a placeholder, as JSON: made once."""
        if self._told is None:
            self._told = placeholder_of(self.restriction)
        return self._told


_COLUMNS = (
    "id, kind, subject, within, place, begins, measure, territories, since, until, decision, ground, reason_code, told"
)
_OF_SUBJECT = f"SELECT {_COLUMNS} FROM restriction WHERE kind = $1 AND subject = $2 AND within = $3 ORDER BY place"
_OF_ROOM = f"SELECT {_COLUMNS} FROM restriction WHERE room_id = $1 AND kind = $2 ORDER BY place"
_IMPOSE = """
INSERT INTO restriction (kind, subject, within, id, room_id, place, begins, measure, territories, since, until,
    decision, ground, reason_code, told)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
ON CONFLICT (kind, subject, within, id) DO NOTHING RETURNING id
"""
_LIFT = "DELETE FROM restriction WHERE kind = $1 AND subject = $2 AND within = $3 AND id = $4 RETURNING id"
_TOUCHED = "INSERT INTO restricted_room (room_id, anew) VALUES ($1, 0) ON CONFLICT (room_id) DO NOTHING"
_ANEW = """
INSERT INTO restricted_room (room_id, anew) VALUES ($1, $2)
ON CONFLICT (room_id) DO UPDATE SET anew = excluded.anew
"""
_ANEW_AT = "SELECT anew FROM restricted_room WHERE room_id = $1"
_ENDED = "SELECT kind, subject, within, id FROM restriction WHERE until <= $1 ORDER BY until LIMIT $2"
_SUBJECTS = """
SELECT kind, subject, within, id FROM restriction WHERE room_id = '' AND (kind, subject, within, id) > ($1, $2, $3, $4)
ORDER BY kind, subject, within, id LIMIT $5
"""
_ROOMS = "SELECT room_id FROM restricted_room WHERE room_id > $1 ORDER BY room_id LIMIT $2"


def _held(row: Row) -> Held:
    id, kind, subject, within, at, begins, measure, territories, since, until, decision, ground, reason_code, told = row
    restriction = Restriction(
        id=id,
        kind=Kind(kind),
        subject=subject,
        measure=Measure(measure),
        decision=decision,
        ground=Ground(ground),
        reason_code=reason_code,
        since=since,
        until=until,
        within=within,
        territories=tuple(territories.split()),
        told=msgspec.json.decode(told, type=dict[str, str]),
    )
    return Held(restriction, Place(at), begins)


async def of_subject(reads: Reads, kind: Kind, subject: str, within: str = "") -> list[Held]:
    """What was imposed on one thing and not lifted, ended or not."""
    return [_held(row) for row in await reads.fetch(_OF_SUBJECT, kind.value, subject, within)]


async def of_room(database: Database, room_id: str, kind: Kind) -> list[Held]:
    """What was imposed on a room, or on events in it."""
    return [_held(row) for row in await database.scan(_OF_ROOM, room_id, kind.value)]


async def are_any_on_account(reads: Reads, user_id: str, now: int) -> bool:
    """Whether any decision restricts an account now."""
    return any(held.holds_at(now) for held in await of_subject(reads, Kind.ACCOUNT, user_id))


def impose(tx: Transaction, r: Restriction, at: FuturePlace) -> None:
    """Queue a restriction. If somebody else has queued the same, the act runs again and finds it."""
    told, begins = msgspec.json.encode(r.told), r.since if r.since > tx.now else 0
    tx.conditional(
        _IMPOSE, r.kind.value, r.subject, r.within, r.id, r.room_id, at, begins, r.measure.value,
        " ".join(r.territories), r.since, r.until, r.decision, r.ground.value, r.reason_code, told, otherwise=None,
    )  # fmt: skip


def lift(tx: Transaction, r: Restriction) -> None:
    """Queue the end of a restriction. If somebody else has queued the same, the act runs again and finds none."""
    tx.conditional(_LIFT, r.kind.value, r.subject, r.within, r.id, otherwise=None)


def touch_room(tx: Transaction, room_id: str) -> None:
    """Queue that something in a room is restricted, or was."""
    tx.execute(_TOUCHED, room_id)


def tell_anew(tx: Transaction, room_id: str, at: FuturePlace) -> None:
    """Queue that from a place on clients are told the room anew."""
    tx.execute(_ANEW, room_id, at)


async def anew_at(reads: Reads, room_id: str) -> Place:
    """From where on clients are told the room anew; 0 if that never was."""
    row = await reads.fetch_one(_ANEW_AT, room_id)
    return Place(row[0]) if row is not None else Place(0)


async def ended(database: Database, now: int, limit: int) -> list[tuple[str, str, str, str]]:
    """Restrictions whose time is over: kind, subject, within and id."""
    return [(row[0], row[1], row[2], row[3]) for row in await database.scan(_ENDED, now, limit)]


async def subjects_after(database: Database, after: Row, limit: int) -> list[Row]:
    """Restrictions that are of no room: kind, subject, within and id, in that order from behind one on."""
    return await database.scan(_SUBJECTS, *after, limit)


async def rooms_after(database: Database, after: str, limit: int) -> list[str]:
    """Rooms in which something was restricted once, in order from behind one on."""
    return [row[0] for row in await database.scan(_ROOMS, after, limit)]
