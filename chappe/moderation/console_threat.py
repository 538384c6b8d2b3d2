"""Threats to life in the console: telling authorities, what is attached, that it was handed over. Art. 18 DSA, R75."""

from chappe.config import Settings
from chappe.http import Answer, Routes
from chappe.media import file_bytes
from chappe.moderation import threat, work_store
from chappe.moderation.console_desk import case_named, desk_page
from chappe.moderation.queues import DUE_MS
from chappe.moderation.records import Case
from chappe.moderation.rules import DESK, media_of
from chappe.moderation.sealed import may_look
from chappe.moderation.words import Stream
from chappe.operators import console
from chappe.operators.console import Visit
from chappe.storage import Database

routes = Routes()


@console.get(routes, "desk/cases/{number}/threat", *DESK)
async def get_threat(visit: Visit, number: str) -> Answer:
    """Whom to tell of a threat to life or safety, what was told already, and since when the clock runs."""
    case = await case_named(visit, number)
    return desk_page(
        visit,
        "threat",
        case=case,
        threats=await work_store.threats_of(visit.request.of(Database), case.number),
        states=threat.MEMBER_STATES,
        europol=threat.EUROPOL,
        concerned=threat.CONCERNED,
        due_ms=DUE_MS[Stream.THREAT],
    )


@console.post(routes, "desk/cases/{number}/threat", *DESK)
async def post_threat(visit: Visit, number: str) -> Answer:
    """Note that authorities are told, which makes the package for them."""
    case, form = await case_named(visit, number), visit.form
    told = (form.get("destination", ""), form.get("concerned", ""), form.get("summary", ""))
    await visit.call(threat.notify_threat, case.number, *told)
    return visit.back_to(f"desk/cases/{case.number}/threat", "done_noted")


@console.post(routes, "desk/threats/{id}/sent", *DESK)
async def post_sent(visit: Visit, id: str) -> Answer:
    """Note that it was handed over."""
    found = await work_store.threat(visit.request.of(Database), id)
    await visit.call(threat.mark_sent, id, visit.form.get("how", ""))
    assert found is not None, "what was marked is there"
    return visit.back_to(f"desk/cases/{found.case_number}/threat", "done_sent")


@console.get(routes, "desk/threats/{id}/package.zip", *DESK)
async def get_package(visit: Visit, id: str) -> Answer:
    """Everything that is known, as one file to hand over. That it is taken is recorded."""
    database = visit.request.of(Database)
    found, case = await visit.call(threat.take_package, id)
    shows = await may_look(database, case, visit.operator.user_id, visit.now)
    files = await _files(visit, case) if shows else {}
    server_name = visit.request.of(Settings).server_name
    packed = await threat.package(database, found, case, server_name, files, shows=shows)
    headers = (
        ("Content-Type", "application/zip"),
        ("Content-Disposition", f'attachment; filename="case-{case.number}.zip"'),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    )
    return Answer(200, packed, headers)


async def _files(visit: Visit, case: Case) -> dict[str, bytes]:
    """The files that the case names, as far as they are here and together not too large."""
    found: dict[str, bytes] = {}
    left = threat.MAX_FILE_BYTES
    for address in media_of(case.snapshot):
        data = await file_bytes(visit.request, address, left)
        if data is not None:
            found[address.rpartition("/")[2]], left = data, left - len(data)
    return found
