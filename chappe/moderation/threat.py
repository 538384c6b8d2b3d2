"""Threats to somebody's life or safety: authorities are told, with everything that is known. Art. 18 DSA, R75.

A notice goes to the Member State of the offence, of the suspect or of the victim; where none is known, to that of the
server's establishment or to Europol. This records what is handed over, to whom, when and how, and packs it; it sends
nothing by itself, since each authority takes such notices on a way of its own.
"""

import io
import secrets
import zipfile

import msgspec

from chappe import accounts, audit
from chappe.errors import Errcode
from chappe.ids import UserID
from chappe.moderation import decisions_store, store, work_store
from chappe.moderation.claim import reviewer_of
from chappe.moderation.deadlines import start_threat, stop_threat
from chappe.moderation.records import Case
from chappe.moderation.work_store import Threat
from chappe.operators import StaffRefused
from chappe.operators.rules import require_reason
from chappe.stream import Device, Transaction

EUROPOL = "EUROPOL"
MEMBER_STATES = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip
CONCERNED = ("offence", "suspect", "victim", "establishment", "unknown")
"""Why a Member State is concerned; "unknown" goes to Europol alone."""
MAX_PACKED = 1_000
"""Filings and entries in a package."""
MAX_FILE_BYTES = 50_000_000
"""Of a file in it: they are in memory meanwhile."""


async def notify_threat(
    tx: Transaction, device: Device, number: int, destination: str, concerned: str, summary: str
) -> str:
    """An act: tell authorities of a case. Returns the notice's id; the package and its way follow."""
    operator, case = await reviewer_of(tx, device.user_id, number)
    if destination not in (*MEMBER_STATES, EUROPOL) or concerned not in CONCERNED:
        raise _wrong("refused_destination", "Say which Member State is concerned and why, or Europol.")
    if (destination == EUROPOL) != (concerned == "unknown"):
        raise _wrong("refused_destination", "Europol is told where no Member State is known to be concerned.")
    summary = require_reason(summary)
    new = Threat(
        secrets.token_urlsafe(9), number, operator.user_id, tx.now, destination, concerned, summary, None, "", ""
    )
    work_store.add_threat(tx, new)
    await start_threat(tx, case, operator.user_id)
    told = {"notice": new.id, "destination": destination, "concerned": concerned}
    store.note(tx, number, operator.user_id, "threat_notified", told)
    audit.record(tx, operator.user_id, "threat.notified", f"case {case.number}", after=told, reason=summary)
    return new.id


async def mark_sent(tx: Transaction, device: Device, id: str, how: str) -> None:
    """An act: note that a notice was handed over, on which way, and its reference there."""
    threat, case = await threat_of(tx, device.user_id, id)
    how = require_reason(how)
    await stop_threat(tx, case, id, device.user_id)
    work_store.mark_sent(tx, id, device.user_id, how, otherwise=_wrong("refused_sent", "This was handed over already."))
    told = {"notice": id, "how": how}
    store.note(tx, threat.case_number, device.user_id, "threat_sent", told)
    audit.record(tx, device.user_id, "threat.sent", f"case {threat.case_number}", after=told)


async def threat_of(tx: Transaction, user_id: str, id: str) -> tuple[Threat, Case]:
    """A notice with its case, on which somebody may act. Refuses NOT_FOUND others."""
    threat = await work_store.threat(tx, id)
    if threat is None:
        raise _wrong("refused_no_threat", "There is no such notice.", Errcode.NOT_FOUND)
    _, case = await reviewer_of(tx, user_id, threat.case_number)
    return threat, case


async def take_package(tx: Transaction, device: Device, id: str) -> tuple[Threat, Case]:
    """An act: somebody takes what is to be handed over, which is recorded before it is."""
    threat, case = await threat_of(tx, device.user_id, id)
    audit.record(tx, device.user_id, "threat.packed", f"case {threat.case_number}", shown={"notice": id})
    return threat, case


async def package(
    source: store.Fetches, threat: Threat, case: Case, server_name: str, files: dict[str, bytes], *, shows: bool
) -> bytes:
    """Everything that is known of a case, as a ZIP archive of JSON, with `files` by name. Unless it `shows` what is in
    the case, that stays out: it is sealed."""
    number = case.number
    filings = msgspec.to_builtins(await store.filings(source, number, MAX_PACKED))
    if not shows:
        filings = [{**one, "reason": "", "evidence": []} for one in filings]
    parts: dict[str, object] = {
        "notice": {"server": server_name, **msgspec.to_builtins(threat)},
        "case": {**msgspec.to_builtins(case), **({} if shows else {"snapshot": {}})},
        "filings": filings,
        "timeline": msgspec.to_builtins(await store.entries(source, number, MAX_PACKED)),
        "decisions": msgspec.to_builtins(await decisions_store.decisions_of_case(source, number)),
        "account": await _account(source, case.author),
        "other_cases": [one.number for one in await store.cases_of(source, case.author, MAX_PACKED)],
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(f"{name}.json", msgspec.json.format(msgspec.json.encode(part), indent=2))
        for name, data in files.items():
            archive.writestr(f"files/{name}", data)
    return packed.getvalue()


async def _account(source: store.Fetches, user_id: str) -> dict[str, object]:
    """What is known of whose it is."""
    known = await accounts.known_of(source, UserID(user_id)) if user_id else None
    told: dict[str, object] = {"user_id": user_id} if known is None else msgspec.to_builtins(known)
    return told


def _wrong(word: str, reason: str, code: Errcode = Errcode.INVALID_PARAM) -> StaffRefused:
    return StaffRefused(word, reason, code)
