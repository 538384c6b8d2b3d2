"""The pages about lists of hashes: which there are, adding a short one, proposing that one is used or retired; and what
was found. No page shows a hash.
"""

import secrets

from chappe.errors import Errcode
from chappe.http import Answer, Routes
from chappe.matching import store
from chappe.matching.lists import About, no_such_list, stage_list
from chappe.matching.propose import PUBLISH, RETIRE, STAFF, payload_of
from chappe.matching.read_list import Kind, Topic, WrongLines, read_hashes
from chappe.operators import StaffRefused, console, two_person
from chappe.operators.console import Visit
from chappe.storage import Database

routes = Routes()

MAX_SHOWN = 200


class WrongList(StaffRefused):
    """A refusal that says which lines are wrong."""

    def __init__(self, wrong: WrongLines) -> None:
        lines = ", ".join(str(number) for number, _ in wrong.wrong)
        reason = f"This is no list of such hashes: {wrong}"
        super().__init__("refused_list_lines", reason, Errcode.INVALID_PARAM, lines=lines)


@console.get(routes, "hashes", *STAFF)
async def get_hashes(visit: Visit) -> Answer:
    """All lists, and the newest matches."""
    database = visit.request.of(Database)
    return visit.page(
        "matching/hashes.html",
        lists=await store.all_lists(database, MAX_SHOWN),
        matches=await store.matches(database, MAX_SHOWN),
        kinds=[kind.value for kind in Kind],
        topics=[topic.value for topic in Topic],
    )


@console.post(routes, "hashes/add", *STAFF)
async def post_add(visit: Visit) -> Answer:
    """Add a short list, which is used once two people say so."""
    form = visit.form
    about = About(
        form.get("name", "").strip(), form.get("kind", ""), form.get("topic", ""), form.get("source", "").strip(),
        form.get("owner", "").strip(), form.get("vetted", "") == "yes",
    )  # fmt: skip
    if about.kind not in {kind.value for kind in Kind}:
        raise StaffRefused("refused_list_kind", "A list is of sha256 or of pdq.", Errcode.INVALID_PARAM)
    try:
        hashes = read_hashes(form.get("hashes", "").encode("utf-8", "replace").splitlines(), Kind(about.kind))
    except WrongLines as wrong:
        raise WrongList(wrong) from None
    await visit.call(stage_list, secrets.token_urlsafe(18), about, hashes)
    return visit.back_to("hashes", "done_added")


@console.post(routes, "hashes/publish", *STAFF)
async def post_publish(visit: Visit) -> Answer:
    """Propose that a staged list is used."""
    return await _propose(visit, PUBLISH)


@console.post(routes, "hashes/retire", *STAFF)
async def post_retire(visit: Visit) -> Answer:
    """Propose that a list is used no more."""
    return await _propose(visit, RETIRE)


async def _propose(visit: Visit, kind: str) -> Answer:
    name, number = visit.form.get("name", ""), visit.form.get("version", "")
    version = int(number) if number.isdecimal() and len(number) < 10 else 0
    found = await store.by_version(visit.request.of(Database), name, version)
    if found is None:
        raise no_such_list()
    reason = visit.form.get("reason", "")
    made = await visit.call(two_person.propose, visit.seat, kind, payload_of(found), reason)
    return visit.back_to(f"proposals/{made}", "done_proposed")
