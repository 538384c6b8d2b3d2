"""The audit log in the console, for owners and auditors. Each entry is proven again whenever it is shown, and each
look is an
entry itself (R140)."""

import msgspec

from chappe import audit
from chappe.audit import AuditLog, Entry
from chappe.errors import Errcode
from chappe.http import Answer, Routes
from chappe.operators import console
from chappe.operators.console import Visit
from chappe.operators.roles import Role
from chappe.operators.rules import StaffRefused
from chappe.storage import Database

routes = Routes()

READERS = (Role.OWNER, Role.AUDITOR)
PAGE = 25
NEWEST = 2**53 - 1
MAX_FILTER_CHARS = 255


class Shown(msgspec.Struct, frozen=True):
    """An entry as the page shows it. `state`: proven, pending (no checkpoint yet) or wrong."""

    entry: Entry
    name: str
    state: str
    body: str


@console.get(routes, "log", *READERS)
async def get_log(visit: Visit) -> Answer:
    """The newest entries of the audit log, or those before one; all, or of one act, person or thing."""
    database, log = visit.request.of(Database), visit.request.of(AuditLog)
    wanted = {name: visit.argument(name)[:MAX_FILTER_CHARS] for name in ("act", "actor", "subject")}
    before = _number(visit.argument("before"))
    entries = await audit.entries_before(database, before, PAGE + 1, **wanted)
    shown, more = entries[:PAGE], len(entries) > PAGE
    await _record(visit, shown, wanted)
    checkpoint = await audit.newest_of(database, log)
    return visit.page(
        "operators/log.html",
        shown=[await _shown(visit, entry, checkpoint) for entry in shown],
        next=shown[-1].number if more else None,
        wanted=wanted,
        acts=sorted((name, _name(visit, name)) for name in log.acts),
        checkpoint=checkpoint,
        vkey=str(log.vkey),
        trouble=log.trouble,
    )


@console.get(routes, "log/{number}", *READERS)
async def get_entry(visit: Visit, number: str) -> Answer:
    """One entry of the audit log, whole."""
    database, log = visit.request.of(Database), visit.request.of(AuditLog)
    entry = await audit.entry(database, _number(number))
    if entry is None:
        raise StaffRefused("refused_no_entry", "There is no such entry.", Errcode.NOT_FOUND)
    await _record(visit, [entry], {})
    checkpoint = await audit.newest_of(database, log)
    return visit.page("operators/entry.html", one=await _shown(visit, entry, checkpoint), checkpoint=checkpoint)


async def _record(visit: Visit, entries: list[Entry], wanted: dict[str, str]) -> None:
    """What was looked at is in the log before it is shown."""
    about: dict[str, object] = {"only": {name: value for name, value in wanted.items() if value}}
    if entries:
        about |= {"from": entries[-1].number, "to": entries[0].number}
    await visit.call(audit.record_read, "audit.read", "log", about)


async def _shown(visit: Visit, entry: Entry, checkpoint: audit.Checkpoint | None) -> Shown:
    if checkpoint is None or entry.number >= checkpoint.size:
        state = "pending"
    elif await audit.is_included(visit.request.of(Database), entry, checkpoint):
        state = "proven"
    else:
        state = "wrong"
    return Shown(entry, _name(visit, entry.act), state, _body(entry))


def _name(visit: Visit, act: str) -> str:
    known = visit.request.of(AuditLog).acts.get(act)
    return act if known is None else known.fr if visit.language.value == "fr" else known.en


def _body(entry: Entry) -> str:
    """The body for people: JSON over several lines."""
    return "" if entry.body.value is None else msgspec.json.format(entry.body.value, indent=2)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and text.isascii() and len(text) <= 15 else NEWEST
